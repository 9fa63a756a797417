import type { Calendar } from '../generated/client.js';

/** Covers for events that have none, or none that can be used. */
export interface CoverFallbacks {
  /** Tag to address; the first of an event's tags that has one is taken. */
  byTag: Record<string, string>;
  /** For every other event. */
  otherwise: string | null;
}

/** A type of message that Luma refuses for a webhook. */
export interface RefusedWebhookType {
  type: string;
  /** Luma's words. */
  message: string;
}

/** A calendar as the rest of the program sees it: with every setting, without any secret. */
export type CalendarRecord = Omit<
  Calendar,
  | 'apiKeyCipher'
  | 'webhookSecretCipher'
  | 'previousWebhookSecretCipher'
  | 'apiKeyFingerprint'
  | 'coverFallbacks'
  | 'webhookRefusedTypes'
> & {
  coverFallbacks: CoverFallbacks;
  webhookRefusedTypes: RefusedWebhookType[];
  hasApiKey: boolean;
  hasWebhookSecret: boolean;
};

export type CalendarKind = Calendar['kind'];
export type CalendarStatus = Calendar['status'];

export function toCalendarRecord(row: Calendar): CalendarRecord {
  const {
    apiKeyCipher,
    webhookSecretCipher,
    previousWebhookSecretCipher: _previous,
    apiKeyFingerprint: _print,
    coverFallbacks,
    webhookRefusedTypes,
    ...rest
  } = row;
  return {
    ...rest,
    // Written by us alone, in this shape.
    coverFallbacks: coverFallbacks as unknown as CoverFallbacks,
    webhookRefusedTypes: webhookRefusedTypes as unknown as RefusedWebhookType[],
    hasApiKey: apiKeyCipher !== null,
    hasWebhookSecret: webhookSecretCipher !== null,
  };
}
