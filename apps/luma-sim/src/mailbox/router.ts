import express, { type NextFunction, type Request, type Response, Router } from 'express';
import { ZodError } from 'zod';
import type { Clock } from '../clock.js';
import type { Fault, Faults } from '../faults.js';
import { loseAnswer, reset, sendError, sendHalf, setRetryAfter, sleep } from '../http/broken-answers.js';
import { mailboxPage, mailHtml } from '../pages/mailbox-page.js';
import type { SimSettings } from '../settings.js';
import { ResendError } from './errors.js';
import type { Mailbox, StoredMail } from './mailbox.js';

export interface MailboxParts {
  clock: Clock;
  mailbox: Mailbox;
  faults: Faults;
  settings: () => SimSettings['mailbox'];
  /** Keys that are let in; null: any. */
  apiKeys: string[] | null;
}

/** Resend's `/emails` in front of a `Mailbox`; `/_mailbox/...` and `/` for a person to look at. */
export function mailboxRouter(parts: MailboxParts): Router {
  const router = Router();
  // Batches of 100 mails with their HTML.
  router.use(express.json({ limit: '20mb' }));
  addResendRoutes(router, parts);
  addControls(router, parts);
  router.use(() => {
    throw new ResendError(404, 'not_found', 'The requested endpoint does not exist.');
  });
  router.use(sendFailure);
  return router;
}

function addResendRoutes(router: Router, parts: MailboxParts): void {
  const { mailbox } = parts;
  const isWithinRate = rateLimit(parts);
  const sending = (send: (body: unknown, key: string | undefined) => object) => async (req: Request, res: Response) => {
    checkKey(req, parts.apiKeys);
    if (!isWithinRate(res)) {
      mailbox.noteRateLimited();
      throw new ResendError(429, 'rate_limit_exceeded', 'Too many requests. Please slow down.');
    }
    const { delayMs, fault } = parts.faults.strike({ method: 'POST', path: req.path, calendarId: null });
    if (delayMs > 0) await sleep(parts.clock, delayMs);
    if (fault !== null && isAnsweredBefore(parts, fault, res)) return;
    const answer = send(req.body, req.get('idempotency-key'));
    if (fault !== null) return breakAfter(parts, fault, res, answer);
    res.status(200).json(answer);
  };
  router.post(
    '/emails',
    sending((body, key) => mailbox.send(body, key)),
  );
  router.post(
    '/emails/batch',
    sending((body, key) => mailbox.sendBatch(body, key)),
  );
  router.get('/emails/:id', (req, res) => {
    checkKey(req, parts.apiKeys);
    const mail = mailbox.find(String(req.params.id));
    if (mail === null) throw new ResendError(404, 'not_found', 'Email not found');
    res.json(toResendMail(mail));
  });
}

function addControls(router: Router, { mailbox, faults }: MailboxParts): void {
  router.get('/', (_req, res) => {
    res.type('html').send(mailboxPage(mailbox));
  });
  router.get('/_mailbox/mails', (_req, res) => {
    res.json({ entries: mailbox.list() });
  });
  router.get('/_mailbox/mails/:id/html', (req, res) => {
    const mail = mailbox.find(String(req.params.id));
    if (mail === null) throw new ResendError(404, 'not_found', 'Email not found');
    // A mail's HTML is foreign: no scripts, no forms, no way out of its frame.
    res.set(
      'content-security-policy',
      "sandbox; default-src 'none'; img-src http: https: data:; style-src 'unsafe-inline'",
    );
    res.type('html').send(mailHtml(mail));
  });
  router.get('/_mailbox/counters', (_req, res) => {
    res.json(mailbox.counters());
  });
  router.get('/_mailbox/faults', (_req, res) => {
    res.json({ entries: faults.list() });
  });
  router.post('/_mailbox/faults', (req, res) => {
    res.json({ id: faults.lay(req.body) });
  });
  router.delete('/_mailbox/faults', (_req, res) => {
    res.json({ lifted: faults.lift() });
  });
  router.post('/_mailbox/reset', (_req, res) => {
    mailbox.clear();
    faults.lift();
    res.json({ reset: true });
  });
}

function sendFailure(error: unknown, _req: Request, res: Response, _next: NextFunction): void {
  if (res.headersSent) return;
  if (error instanceof ResendError) res.status(error.statusCode).json(error.toJSON());
  else if (error instanceof ZodError)
    res.status(400).json({ problems: error.issues.map(({ path, message }) => ({ path: path.join('.'), message })) });
  else if (error instanceof SyntaxError)
    res.status(400).json(new ResendError(400, 'validation_error', 'Invalid JSON.').toJSON());
  else res.status(500).json(new ResendError(500, 'internal_server_error', 'An unexpected error occurred.').toJSON());
}

function checkKey(req: Request, apiKeys: string[] | null): void {
  const key = /^Bearer\s+(\S+)$/i.exec(req.get('authorization') ?? '')?.[1];
  if (key === undefined) throw new ResendError(401, 'missing_api_key', 'Missing API key in the authorization header.');
  if (apiKeys !== null && !apiKeys.includes(key)) throw new ResendError(403, 'invalid_api_key', 'API key is invalid.');
}

/** Counts requests of the last second, exactly; Resend's own window is not known. */
function rateLimit({ clock, settings }: MailboxParts): (res: Response) => boolean {
  let arrivals: number[] = [];
  return (res) => {
    const limit = settings().requestsPerSecond;
    if (limit === null) return true;
    const nowMs = clock.now();
    arrivals = arrivals.filter((at) => at > nowMs - 1_000);
    const isAllowed = arrivals.length < limit;
    if (isAllowed) arrivals.push(nowMs);
    res.set('ratelimit-limit', String(limit));
    res.set('ratelimit-remaining', String(limit - arrivals.length));
    res.set('ratelimit-reset', '1');
    if (!isAllowed) res.set('retry-after', '1');
    return isAllowed;
  };
}

type Breaking = Exclude<Fault, { kind: 'delay' }>;
const failure = new ResendError(500, 'internal_server_error', 'An unexpected error occurred.');

/** True when the fault answered (or cut) before the mail was accepted. */
function isAnsweredBefore({ clock }: MailboxParts, fault: Breaking, res: Response): boolean {
  if (fault.kind === 'reset') reset(res);
  else if (fault.kind === 'rate-limit') {
    setRetryAfter(res, fault.retryAfter, fault.retryAfterSeconds * 1_000, clock.now());
    res.status(429).json(new ResendError(429, 'rate_limit_exceeded', 'Too many requests.').toJSON());
  } else if (fault.kind === 'error' && fault.when === 'before')
    sendError(res, fault, { ...failure.toJSON(), statusCode: fault.status });
  else return false;
  return true;
}

function breakAfter({ clock }: MailboxParts, fault: Breaking, res: Response, answer: object): void {
  if (fault.kind === 'lost-answer') loseAnswer(res, fault, clock);
  else if (fault.kind === 'half-answer') sendHalf(res, answer);
  else if (fault.kind === 'error') sendError(res, fault, { ...failure.toJSON(), statusCode: fault.status });
}

const orNull = <T>(items: T[]): T[] | null => (items.length === 0 ? null : items);

const toResendMail = (mail: StoredMail) => ({
  object: 'email',
  id: mail.id,
  message_id: `<${mail.id}@mailbox.example>`,
  to: mail.to,
  from: mail.from,
  created_at: mail.at,
  subject: mail.subject,
  html: mail.html,
  text: mail.text,
  bcc: orNull(mail.bcc),
  cc: orNull(mail.cc),
  reply_to: orNull(mail.replyTo),
  last_event: 'delivered',
  scheduled_at: null,
});
