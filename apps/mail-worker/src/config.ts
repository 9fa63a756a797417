import { decimal, environment } from '@luma-sync/runtime';
import { workerEnvironment } from '@luma-sync/worker';

export const mailWorkerEnvironment = workerEnvironment.extend({
  ...environment.pick({ RESEND_API_KEY: true, RESEND_BASE_URL: true, MAIL_FROM: true }).shape,
  /** Mails handed to the provider in a second; 2 is Resend's limit for a new account. */
  MAIL_RATE_PER_SECOND: decimal({ min: 1, max: 1_000 }).default(2),
});
