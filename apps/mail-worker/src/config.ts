import { decimal, environment } from '@luma-sync/runtime';
import { workerEnvironment } from '@luma-sync/worker';

export const mailWorkerEnvironment = workerEnvironment.extend({
  ...environment.pick({
    RESEND_API_KEY: true,
    RESEND_BASE_URL: true,
    MAIL_FROM: true,
    MAIL_PROVIDER: true,
    SMTP_URL: true,
  }).shape,
  /** Mails handed to the provider in a second; 2 is Resend's limit for a new account. */
  MAIL_RATE_PER_SECOND: decimal({ min: 1, max: 1_000 }).default(2),
});

/** With an SMTP server: its address is required, and a key of Resend is not. */
export const smtpWorkerEnvironment = mailWorkerEnvironment
  .partial({ RESEND_API_KEY: true })
  .extend({ SMTP_URL: environment.shape.SMTP_URL.unwrap() });
