import { parseWebhook, type WebhookParse } from '@luma-sync/luma-contract';

/** @param rawBody A body that is no JSON is as unreadable as one of a shape nobody knows. */
export function parseDelivery(rawBody: string): WebhookParse {
  return parseWebhook(toJson(rawBody));
}

function toJson(rawBody: string): unknown {
  try {
    return JSON.parse(rawBody);
  } catch {
    return null;
  }
}
