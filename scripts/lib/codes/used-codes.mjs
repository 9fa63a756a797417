import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** They throw none of our codes: one plays Luma, one is a play, one knows Luma's document alone. */
const withoutCodes = new Set(['luma-sim', 'demo', 'luma-facts']);

/**
 * Dotted words that are no codes. A line here says what each is; anything else is a code and has to be
 * documented.
 */
const otherWords = new Map(
  Object.entries({
    'a webhook of Luma': [
      'calendar.event.added',
      'calendar.event.submitted',
      'calendar.person.subscribed',
      'calendar.person.unsubscribed',
      'event.canceled',
      'event.created',
      'event.updated',
      'guest.refunded',
      'guest.registered',
      'guest.updated',
      'ticket.registered',
    ],
    'a schedule': [
      'calendars.heads',
      'calendars.pull',
      'due.sweep',
      'rsvps.reconcile',
      'unreadable.reread',
      'webhooks.watch',
    ],
    'an entry of the audit log': [
      'api_key.create',
      'api_key.revoke',
      'backfill.apply',
      'backfill.plan',
      'backfill_question.answer',
      'calendar.change',
      'calendar.create',
      'calendar.delete',
      'calendar.webhook',
      'conflict.resolve',
      'coupon_pool.create',
      'coupon_pool.import',
      'delivery.replay',
      'event.approve',
      'event.guest_pull',
      'event.reject',
      'held_mails.confirm',
      'held_mails.discard',
      'message.settle',
      'operation.discard',
      'operation.retry',
      'operator.login',
      'operator.login_refused',
      'operator.logout',
      'person.erase',
      'person.export',
      'removal_question.answer',
      'rsvp.restore',
      'secrets.rotate',
    ],
    'a setting of Postgres': ['luma_sync.audit_retention'],
    'an error of the body parser': [
      'charset.unsupported',
      'encoding.unsupported',
      'entity.parse.failed',
      'entity.too.large',
    ],
    'a file': ['migration.sql', 'migration_lock.toml', 'schema_engine_bg.js', 'schema_engine_bg.wasm'],
    'a method in a message': ['budgets.read'],
  }).flatMap(([what, words]) => words.map((word) => [word, what])),
);

/** Codes put together at run time, by the template that does it. */
const templates = {
  // Statuses of a calendar other than `ok`.
  '`calendar.${status}`': ['calendar.paused', 'calendar.auth_failed', 'calendar.plan_inactive'],
  // Reasons of the limiter.
  "`limiter.${reason.replace('-', '_')}`": ['limiter.budget', 'limiter.blocked', 'limiter.cold_start', 'limiter.paced'],
  // What a path names.
  '`${what}.unknown`': [
    'api_key',
    'backfill',
    'backfill_question',
    'calendar',
    'conflict',
    'coupon_pool',
    'delivery',
    'event',
    'message',
    'operation',
    'person',
    'removal_question',
    'rsvp',
    'unreadable_record',
  ].map((what) => `${what}.unknown`),
};

const verdicts = {
  RetryableError: 'retry',
  OutcomeUnknownError: 'retry',
  RetryAfterError: 'wait',
  PermanentError: 'fail',
};

/**
 * Every code that the sources know, with what the place tells of it.
 *
 * @param {string} root folder that holds `packages` and `apps`
 * @returns {{ code: string, place: string, verdict?: string, status?: string }[]} `verdict` where an error class is
 *   made with the code, `status` where a `Problem` is; a template that is not listed above comes as a code of its own
 *   text.
 */
export function usedCodes(root) {
  const jobs = new Set(
    quoted(readFileSync(join(root, 'packages/jobs/src/catalog.ts'), 'utf8')).map(({ word }) => word),
  );
  const isCode = (word) => !jobs.has(word) && !otherWords.has(word);
  return listSources(root).flatMap((file) => {
    const text = withoutComments(readFileSync(file, 'utf8'));
    const place = relative(root, file);
    return [...made(text), ...quoted(text).map(({ word }) => ({ code: word }))]
      .filter(({ code }) => isCode(code))
      .map(({ verdict, ...found }) => ({ ...found, ...(hasNoRunner(place) ? {} : { verdict }), place }));
  });
}

/** Ingress asks Luma while a person waits: it answers with the code, and no runner reads the class. */
const hasNoRunner = (place) => place.startsWith(join('apps', 'ingress'));

/** `new PermanentError('luma.rejected', …`, `new Problem(404, 'route.unknown', …`, over line ends as well. */
function made(text) {
  const making =
    /new (RetryableError|OutcomeUnknownError|RetryAfterError|PermanentError|Problem)\(\s*(?:(\d+),\s*)?(?:'([^']+)'|(`[^`]+`))/g;
  return [...text.matchAll(making)].flatMap(([, name, status, literal, template]) => {
    const codes = literal === undefined ? (templates[template] ?? [template]) : [literal];
    return codes.map((code) => ({ code, ...(name === 'Problem' ? { status } : { verdict: verdicts[name] }) }));
  });
}

/**
 * Dotted words in quotes, but not those that something is only compared with: a code nobody makes any more is not in
 * use.
 */
function quoted(text) {
  return [...text.matchAll(/([=!]==\s*)?'([a-z][a-z_]*(?:\.[a-z][a-z_]*)+)'/g)]
    .filter(([, compared]) => compared === undefined)
    .map(([, , word]) => ({ word }));
}

const withoutComments = (text) => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');

function listSources(root) {
  return ['packages', 'apps']
    .flatMap((kind) => readdirSync(join(root, kind)).map((name) => ({ name, dir: join(root, kind, name, 'src') })))
    .filter(({ name, dir }) => !withoutCodes.has(name) && existsSync(dir))
    .flatMap(({ dir }) => readdirSync(dir, { recursive: true }).map((file) => join(dir, file)))
    .filter((file) => /(?<!\.test|\.d)\.tsx?$/.test(file))
    .filter((file) => !file.split(sep).includes('generated'));
}
