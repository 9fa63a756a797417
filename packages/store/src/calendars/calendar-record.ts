import type { Calendar } from '../generated/client.js';

/** A calendar as the rest of the program sees it: with every setting, without any secret. */
export type CalendarRecord = Omit<
  Calendar,
  'apiKeyCipher' | 'webhookSecretCipher' | 'previousWebhookSecretCipher' | 'apiKeyFingerprint'
> & {
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
    ...rest
  } = row;
  return { ...rest, hasApiKey: apiKeyCipher !== null, hasWebhookSecret: webhookSecretCipher !== null };
}
