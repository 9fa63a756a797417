import type { Calendar } from '../generated/client.js';
import { type Keyring, SecretError, type SecretPlace } from '../secrets/keyring.js';

/** The columns of `calendars` that hold secrets: their names here and in Postgres. */
const COLUMNS = {
  apiKeyCipher: 'api_key_cipher',
  webhookSecretCipher: 'webhook_secret_cipher',
  previousWebhookSecretCipher: 'previous_webhook_secret_cipher',
} as const;

export type CalendarSecret = keyof typeof COLUMNS;
type WithSecrets = Pick<Calendar, 'id'> & Partial<Pick<Calendar, CalendarSecret>>;

export function placeOf(calendarId: string, secret: CalendarSecret): SecretPlace {
  return { table: 'calendars', column: COLUMNS[secret], row: calendarId };
}

/** @returns null when nothing is stored. @throws {SecretError} when it cannot be opened. */
export function openSecret(keyring: Keyring, calendar: WithSecrets, secret: CalendarSecret): string | null {
  const cipher = calendar[secret] ?? null;
  return cipher === null ? null : keyring.decrypt(cipher, placeOf(calendar.id, secret));
}

/** True also when nothing is stored. @throws what is no {@link SecretError} */
export function canOpenSecret(keyring: Keyring, calendar: WithSecrets, secret: CalendarSecret): boolean {
  try {
    openSecret(keyring, calendar, secret);
    return true;
  } catch (error) {
    if (error instanceof SecretError) return false;
    throw error;
  }
}

/**
 * Moves the present webhook secret to the place of the previous one. A cipher is bound to its column, so it is written
 * anew.
 *
 * @throws {SecretError} when the present one cannot be opened.
 */
export function toPreviousSecret(keyring: Keyring, calendar: WithSecrets): string | null {
  const secret = openSecret(keyring, calendar, 'webhookSecretCipher');
  return secret === null ? null : keyring.encrypt(secret, placeOf(calendar.id, 'previousWebhookSecretCipher'));
}
