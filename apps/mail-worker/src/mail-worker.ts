import { createInProcessMailBudget, createResendSender, renderCouponMail } from '@luma-sync/mail';
import type { HandlerRegistry } from '@luma-sync/queue';
import { handleCouponEmail } from '@luma-sync/sync';
import type { BoundHandlers, WorkerApp, WorkerParts } from '@luma-sync/worker';
import type { z } from 'zod';
import type { mailWorkerEnvironment } from './config.js';

type Settings = Pick<
  z.output<typeof mailWorkerEnvironment>,
  'RESEND_API_KEY' | 'RESEND_BASE_URL' | 'MAIL_FROM' | 'MAIL_RATE_PER_SECOND'
>;

/** Mails coupons, each once. */
export function createMailWorker(settings: Settings): WorkerApp {
  return { name: 'mail-worker', queue: 'mail', handlers: (parts) => toMailHandlers(parts, settings) };
}

export function toMailHandlers(parts: WorkerParts, settings: Settings): HandlerRegistry {
  const deps = {
    ledger: parts.couponMails,
    render: renderCouponMail,
    budget: createInProcessMailBudget({ mailsPerSecond: settings.MAIL_RATE_PER_SECOND }),
    mail: createResendSender({
      apiKey: settings.RESEND_API_KEY,
      from: settings.MAIL_FROM,
      baseUrl: settings.RESEND_BASE_URL,
    }),
  };
  const handlers: BoundHandlers<'mail'> = {
    'coupon.email': (payload, ctx) => handleCouponEmail(payload, deps, ctx),
  };
  return handlers;
}
