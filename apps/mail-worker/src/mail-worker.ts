import { createHash } from 'node:crypto';
import { jobsOf } from '@luma-sync/jobs';
import { createBudgetMemory, createMailLimiter } from '@luma-sync/luma-access';
import {
  createResendSender,
  createSharedMailBudget,
  createSmtpSender,
  MAIL_SLOT_MS,
  type MailSender,
  renderCouponMail,
} from '@luma-sync/mail';

import { bindHandlers } from '@luma-sync/sync';
import type { WorkerApp, WorkerParts } from '@luma-sync/worker';
import type { z } from 'zod';
import type { mailWorkerEnvironment } from './config.js';

type Environment = z.output<typeof mailWorkerEnvironment>;
type Settings = Pick<
  Environment,
  'MAIL_PROVIDER' | 'SMTP_URL' | 'RESEND_BASE_URL' | 'MAIL_FROM' | 'MAIL_RATE_PER_SECOND' | 'REDIS_KEY_PREFIX'
> & { RESEND_API_KEY?: string | undefined };

/**
 * Mails coupons, each once.
 *
 * @throws {Error} when the chosen provider's settings are missing; see `hasMailProvider`.
 */
export function createMailWorker(settings: Settings): WorkerApp {
  const provider = openProvider(settings);
  if (provider === null) throw new Error(`the settings of MAIL_PROVIDER ${settings.MAIL_PROVIDER} are missing`);
  return {
    name: 'mail-worker',
    queue: 'mail',
    handlers: (parts) => bindHandlers(jobsOf('mail'), toDeps(parts, settings, provider)),
  };
}

function toDeps(parts: WorkerParts, settings: Settings, provider: Provider) {
  const limiter = createMailLimiter({
    redis: parts.redis,
    memory: createBudgetMemory(parts.db),
    keyPrefix: settings.REDIS_KEY_PREFIX,
    mailsPerSecond: settings.MAIL_RATE_PER_SECOND,
    mailTimeoutMs: MAIL_SLOT_MS,
  });
  return {
    ledger: parts.couponMails,
    render: renderCouponMail,
    budget: createSharedMailBudget(limiter, toAccount(provider.secret)),
    mail: provider.mail,
  };
}

/** Whether the chosen provider can be used: by a key of Resend, or by the address of an SMTP server. */
export const hasMailProvider = (settings: Pick<Settings, 'MAIL_PROVIDER' | 'SMTP_URL' | 'RESEND_API_KEY'>): boolean =>
  (settings.MAIL_PROVIDER === 'smtp' ? settings.SMTP_URL : settings.RESEND_API_KEY) !== undefined;

interface Provider {
  /** Tells accounts apart: the key, or the server's address with its login. */
  secret: string;
  mail: MailSender;
}

function openProvider(settings: Settings): Provider | null {
  const { MAIL_FROM: from, RESEND_API_KEY: apiKey, SMTP_URL: url } = settings;
  if (settings.MAIL_PROVIDER === 'smtp')
    return url === undefined ? null : { secret: url, mail: createSmtpSender({ url, from }) };
  if (apiKey === undefined) return null;
  return { secret: apiKey, mail: createResendSender({ apiKey, from, baseUrl: settings.RESEND_BASE_URL }) };
}

/** Accounts of the provider have budgets of their own; the secret itself is in no name. */
const toAccount = (secret: string): string => `mail:${createHash('sha256').update(secret).digest('hex').slice(0, 16)}`;
