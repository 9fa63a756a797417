import type { ReceiveOutcome } from './receive-webhook.js';

export interface WebhookAnswer {
  status: 200 | 400 | 401 | 503;
  body: { status: string };
}

/**
 * What Luma is told. Never 410, which would pause the webhook, and no 5xx but the one that asks for the delivery again.
 * An unverified sender learns nothing from the answer, not even whether the calendar exists.
 */
export function toAnswer(outcome: ReceiveOutcome): WebhookAnswer {
  switch (outcome.kind) {
    case 'accepted':
    case 'duplicate':
    case 'ignored':
      return { status: 200, body: { status: outcome.kind } };
    case 'unverified':
      return { status: 401, body: { status: 'signature refused' } };
    case 'malformed':
      return { status: 400, body: { status: 'malformed' } };
    case 'unavailable':
      return { status: 503, body: { status: 'try again' } };
  }
}
