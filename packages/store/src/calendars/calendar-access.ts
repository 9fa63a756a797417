import type { Db } from '../database.js';
import type { Calendar } from '../generated/client.js';
import type { Keyring } from '../secrets/keyring.js';
import { type CalendarRecord, toCalendarRecord } from './calendar-record.js';
import { canOpenSecret, openSecret } from './calendar-secrets.js';

/** What a process needs to speak with Luma for a calendar. Holds a secret: never log it. */
export interface CalendarAccess {
  calendar: CalendarRecord;
  apiKey: string | null;
  /** Names the budget; the same for every calendar that uses the same key. */
  fingerprint: string | null;
}

/**
 * @returns null when there is no such calendar.
 * @throws {SecretError} when ENCRYPTION_KEY no longer opens the API key.
 */
export async function findCalendarAccess(db: Db, keyring: Keyring, calendarId: string): Promise<CalendarAccess | null> {
  const row = await db.calendar.findUnique({ where: { id: calendarId } });
  return row === null ? null : toCalendarAccess(row, keyring);
}

/** Names the budget a calendar spends from; null without a key. */
export async function findKeyFingerprint(db: Db, calendarId: string): Promise<string | null> {
  const row = await db.calendar.findUnique({ where: { id: calendarId }, select: { apiKeyFingerprint: true } });
  return row?.apiKeyFingerprint ?? null;
}

/**
 * The secrets that may have signed a webhook of the calendar: the current one, then the previous one. An unreadable one
 * is passed over as long as the other can be opened, and an unreadable API key does not matter here.
 *
 * @returns an empty list when there is no such calendar, or no secret.
 * @throws {SecretError} when none of the stored ones can be opened.
 */
export async function findWebhookSecrets(db: Db, keyring: Keyring, calendarId: string): Promise<string[]> {
  const row = await db.calendar.findUnique({ where: { id: calendarId } });
  if (row === null) return [];
  const names = ['webhookSecretCipher', 'previousWebhookSecretCipher'] as const;
  const openable = names.filter((name) => row[name] !== null && canOpenSecret(keyring, row, name));
  const opened = openable.length > 0 ? openable : names;
  return opened.map((name) => openSecret(keyring, row, name)).filter((secret) => secret !== null);
}

function toCalendarAccess(row: Calendar, keyring: Keyring): CalendarAccess {
  return {
    calendar: toCalendarRecord(row),
    apiKey: openSecret(keyring, row, 'apiKeyCipher'),
    fingerprint: row.apiKeyFingerprint,
  };
}
