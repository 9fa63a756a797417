import { z } from 'zod';
import { base64Key, decimal, headerSecret, hostList, httpUrl, parseUrl, secret, text, urlWith } from './variables.js';

/** Log levels, from everything to nothing. */
const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** Webhook addresses name a calendar; the webhook of each calendar is registered with an address of its own. */
const WEBHOOK_PATH = /\/webhooks\/luma(\/|$)/;

/**
 * The variables that more than one app reads. An app picks its own: `environment.pick({ DATABASE_URL: true, … })`, and
 * extends that by what it alone needs. `.env.example` explains each.
 */
export const environment = z.object({
  DATABASE_URL: urlWith(
    ['postgres:', 'postgresql:'],
    'the address of Postgres, such as postgres://user:password@host:5432/luma_sync',
  ),
  REDIS_URL: text('the address of Redis, such as redis://host:6379, or a cluster’s nodes, comma-separated').refine(
    isRedis,
    {
      error: 'must be redis:// or rediss:// addresses, comma-separated for the nodes of a cluster',
    },
  ),
  /** In front of every key in Redis. The braces keep all keys of the queues on one node of a cluster. */
  REDIS_KEY_PREFIX: z.string().min(1).default('{luma-sync}'),
  ENCRYPTION_KEY: base64Key(32, 'the key for secrets stored in Postgres; make one with: openssl rand -base64 32'),
  PUBLIC_URL: httpUrl('the address under which Luma and people reach ingress, such as https://sync.example.org').refine(
    (value) => !WEBHOOK_PATH.test(parseUrl(value)?.pathname ?? ''),
    { error: 'must be the address of ingress alone: leave out /webhooks/luma/…, which is added for each calendar' },
  ),
  PORT: decimal({ min: 0, max: 65_535 }).default(8080),
  /** Address that the health servers of relay and workers listen on. */
  HEALTH_HOST: text('an address of this machine, such as 0.0.0.0 for all').default('127.0.0.1'),
  METRICS_TOKEN: headerSecret('what a reader of /metrics has to send', 16).optional(),
  LOG_LEVEL: z.enum(logLevels, { error: `must be one of ${logLevels.join(', ')}` }).default('info'),

  LUMA_API_BASE_URL: httpUrl('the address of Luma’s API').default('https://public-api.luma.com'),
  LUMA_API_KEY: headerSecret('a calendar’s API key, from Luma’s calendar settings').optional(),
  LUMA_WEBHOOK_SECRET: headerSecret('the secret of that calendar’s webhook, whsec_…').optional(),
  /** Luma's figure for one calendar key since June 2026; docs/rate-limit.md. */
  LUMA_RATE_LIMIT_PER_MINUTE: decimal({ min: 1, max: 100_000 }).default(200),
  /** Kept free for what people do by hand with the same key. */
  LUMA_RATE_LIMIT_HEADROOM: decimal({ min: 0, max: 100_000 }).default(10),

  /**
   * Hosts whose addresses are fetched (covers) though they are on a private network; docs/failure-modes.md,
   * `url.refused`.
   */
  FETCH_ALLOW_HOSTS: hostList('hosts, comma-separated: images.internal, 127.0.0.1:4000').default([]),

  /** Operations run at once. They wait for answers most of the time, and the budget limits them anyway. */
  WORKER_CONCURRENCY: decimal({ min: 1, max: 200 }).default(10),
  /** Per cent of these that operations of one Luma account may hold, rounded up. */
  WORKER_SHARE_PER_CALENDAR: decimal({ min: 1, max: 100 }).default(50),
  /** A key whose request is without an answer for this long has one place until its answers are quick again. */
  WORKER_SLOW_ANSWER_MS: decimal({ min: 100, max: 30_000 }).default(5_000),

  /** What hands coupon mails over. */
  MAIL_PROVIDER: z.enum(['resend', 'smtp']).default('resend'),
  SMTP_URL: urlWith(['smtp:', 'smtps:'], 'the mail server, such as smtps://user:password@mail.example.org').optional(),
  RESEND_API_KEY: headerSecret('the key for sending mail, from resend.com'),
  RESEND_BASE_URL: httpUrl('the address of Resend’s API').default('https://api.resend.com'),
  MAIL_FROM: text('the sender of mails, such as Events <events@example.org>').refine(isSender, {
    error:
      'must be a mail address, or a name and an address: Events <events@example.org>; a name with a comma ' +
      'needs quotation marks: "Acme, Events" <events@example.org>',
  }),

  BOOTSTRAP_API_KEY: headerSecret('a first admin key for automated set-ups', 24).optional(),
  OPERATOR_PASSWORD: secret('the password of the console and of the queue board', 12),
});

export type Environment = z.output<typeof environment>;

function isRedis(value: string): boolean {
  const nodes = value.split(',').map((node) => node.trim());
  return nodes.every((node) => ['redis:', 'rediss:'].includes(parseUrl(node)?.protocol ?? ''));
}

/**
 * The provider reads the sender as RFC 5322 has it: a comma outside of quotation marks makes two senders of one. What
 * it refuses it refuses for every mail, so it is refused at start.
 */
function isSender(value: string): boolean {
  const named = /^(?<name>.*?) ?<(?<address>[^<>]*)>$/u.exec(value)?.groups;
  if (named === undefined) return isAddress(value);
  return isDisplayName(named.name ?? '') && isAddress(named.address ?? '');
}

/** Words, or a text in quotation marks in which only these and the backslash have to be escaped. */
function isDisplayName(name: string): boolean {
  return /^[^\p{Cc}"(),:;<>@[\\\]]*$/u.test(name) || /^"(?:[^"\\\p{Cc}]|\\["\\])*"$/u.test(name);
}

function isAddress(value: string): boolean {
  return /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*@[a-z\d-]+(?:\.[a-z\d-]+)*$/i.test(value);
}
