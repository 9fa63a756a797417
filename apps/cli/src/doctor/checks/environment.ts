import { describeIssue, environment, findProblemsBetween } from '@luma-sync/runtime/config';
import { type Finding, note, ok, wrong } from './finding.js';

/** Variables one part alone needs: without that part, their absence is no fault. */
const NEEDED_BY: Record<string, string> = {
  PUBLIC_URL: 'ingress',
  OPERATOR_PASSWORD: 'ingress',
  RESEND_API_KEY: 'mail-worker',
  MAIL_FROM: 'mail-worker',
};

const OPTIONAL: Record<string, string> = {
  LUMA_API_KEY: 'no calendar "default" is made; add calendars by the API',
  LUMA_WEBHOOK_SECRET: 'the webhook’s secret comes from registering it',
  SMTP_URL: 'mails go through Resend',
  BOOTSTRAP_API_KEY: 'make keys with: luma-sync keys create',
};

/** What the absence of a variable means where mails go through an SMTP server. */
const WITH_SMTP: Record<string, Finding> = {
  RESEND_API_KEY: ok('RESEND_API_KEY', 'not set: mails go through SMTP_URL'),
  SMTP_URL: note('SMTP_URL', 'is missing: the mail server (mail-worker does not start without it)'),
};

/**
 * Each variable by itself, so that one mistake hides no other. Values are never shown.
 *
 * @param env Without variables that are set to nothing.
 */
export function checkEnvironment(env: NodeJS.ProcessEnv): Finding[] {
  const between = findProblemsBetween(environment, env).map(({ variable, problem }) => wrong(variable, problem));
  return [...checkEach(env), ...between];
}

function checkEach(env: NodeJS.ProcessEnv): Finding[] {
  return Object.entries(environment.shape).map(([name, schema]) => {
    const given = env[name];
    const parsed = schema.safeParse(given, { error: describeIssue });
    const isSmtp = env.MAIL_PROVIDER === 'smtp';
    const withSmtp = isSmtp && given === undefined ? WITH_SMTP[name] : undefined;
    if (withSmtp !== undefined) return withSmtp;
    if (parsed.success) return given === undefined ? describeAbsent(name) : ok(name);
    const problem = parsed.error.issues.map(({ message }) => message).join('; ');
    const part = NEEDED_BY[name];
    if (given === undefined && part !== undefined) return note(name, `${problem} (${part} does not start without it)`);
    return wrong(name, problem);
  });
}

function describeAbsent(name: string): Finding {
  const consequence = OPTIONAL[name];
  return consequence === undefined ? ok(name, 'not set, the default is used') : note(name, `not set: ${consequence}`);
}
