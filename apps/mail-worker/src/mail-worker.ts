import { createHash } from 'node:crypto';
import { jobsOf } from '@luma-sync/jobs';
import { createBudgetMemory, createMailLimiter } from '@luma-sync/luma-access';
import { createResendSender, createSharedMailBudget, MAIL_SLOT_MS, renderCouponMail } from '@luma-sync/mail';

import { bindHandlers } from '@luma-sync/sync';
import type { WorkerApp, WorkerParts } from '@luma-sync/worker';
import type { z } from 'zod';
import type { mailWorkerEnvironment } from './config.js';

type Settings = Pick<
  z.output<typeof mailWorkerEnvironment>,
  'RESEND_API_KEY' | 'RESEND_BASE_URL' | 'MAIL_FROM' | 'MAIL_RATE_PER_SECOND' | 'REDIS_KEY_PREFIX'
>;

/** Mails coupons, each once. */
export function createMailWorker(settings: Settings): WorkerApp {
  return {
    name: 'mail-worker',
    queue: 'mail',
    handlers: (parts) => bindHandlers(jobsOf('mail'), toDeps(parts, settings)),
  };
}

function toDeps(parts: WorkerParts, settings: Settings) {
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
    budget: createSharedMailBudget(limiter, toAccount(settings.RESEND_API_KEY)),
    mail: createResendSender({
      apiKey: settings.RESEND_API_KEY,
      from: settings.MAIL_FROM,
      baseUrl: settings.RESEND_BASE_URL,
    }),
  };
}

/** Accounts of the provider have budgets of their own; the key itself is in no name. */
const toAccount = (apiKey: string): string => `mail:${createHash('sha256').update(apiKey).digest('hex').slice(0, 16)}`;
