import { parseWebhook, readJson, type WebhookParse } from '@luma-sync/luma-contract';

/** @param rawBody A body that is no JSON is as unreadable as one of a shape nobody knows. */
export function parseDelivery(rawBody: string): WebhookParse {
  return parseWebhook(toJson(rawBody));
}

function toJson(rawBody: string): unknown {
  try {
    return readJson(rawBody);
  } catch {
    return null;
  }
}
