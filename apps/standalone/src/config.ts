import { ingressEnvironment } from '@luma-sync/ingress';
import { mailWorkerEnvironment } from '@luma-sync/mail-worker';
import { relayEnvironment } from '@luma-sync/relay';
import { workerEnvironment } from '@luma-sync/worker';

/**
 * Everything the apps read. The HTTP port is ingress's; the others have none of their own here. Without a mail
 * provider's key the service runs and coupon mails wait.
 */
export const standaloneEnvironment = workerEnvironment
  .extend(relayEnvironment.shape)
  .extend(mailWorkerEnvironment.partial({ RESEND_API_KEY: true, MAIL_FROM: true }).shape)
  .extend(ingressEnvironment.shape);
