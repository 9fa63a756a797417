import { signWebhook } from '@luma-sync/luma-contract';
import type { SimWebhook } from '../state/records.js';

/**
 * One signed POST. Returns the status, or null when there was no answer: refused, cut, or slower than `timeoutMs`.
 * Redirects are not followed, they count as what they are: no 2xx.
 */
export async function postWebhook(
  webhook: SimWebhook,
  body: string,
  attempt: { messageId: string; timestampSeconds: number },
  timeoutMs: number,
  closing: AbortSignal,
): Promise<number | null> {
  try {
    const response = await fetch(webhook.url, {
      method: 'POST',
      redirect: 'manual',
      body,
      headers: {
        'content-type': 'application/json',
        'user-agent': 'luma-sim',
        'webhook-id': attempt.messageId,
        'webhook-timestamp': String(attempt.timestampSeconds),
        'webhook-signature': signWebhook({
          secret: webhook.secret,
          rawBody: body,
          timestampSeconds: attempt.timestampSeconds,
        }),
      },
      signal: AbortSignal.any([closing, AbortSignal.timeout(timeoutMs)]),
    });
    await response.body?.cancel();
    return response.status;
  } catch {
    // Which of the ways to fail it was makes no difference to what happens next.
    return null;
  }
}
