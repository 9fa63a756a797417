import type { Db } from '../database.js';
import type { Calendar } from '../generated/client.js';
import type { Keyring } from '../secrets/keyring.js';
import { type CalendarRecord, toCalendarRecord } from './calendar-record.js';
import { canOpen } from './unreadable-secrets.js';

/** What a process needs to speak with Luma for a calendar. Holds secrets: never log it. */
export interface CalendarAccess {
  calendar: CalendarRecord;
  apiKey: string | null;
  /** Names the budget; the same for every calendar that uses the same key. */
  fingerprint: string | null;
  /** Current first, then the previous one; either may have signed while they are being exchanged. */
  webhookSecrets: string[];
}

/**
 * @returns null when there is no such calendar.
 * @throws {SecretError} when ENCRYPTION_KEY no longer opens what is stored.
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

/** As {@link findCalendarAccess}. @throws {Error} when there is no such calendar. */
export async function getCalendarAccess(db: Db, keyring: Keyring, calendarId: string): Promise<CalendarAccess> {
  const access = await findCalendarAccess(db, keyring, calendarId);
  if (access === null) throw new Error(`calendar ${calendarId} does not exist`);
  return access;
}

function toCalendarAccess(row: Calendar, keyring: Keyring): CalendarAccess {
  return {
    calendar: toCalendarRecord(row),
    apiKey: row.apiKeyCipher === null ? null : keyring.decrypt(row.apiKeyCipher),
    fingerprint: row.apiKeyFingerprint,
    webhookSecrets: [row.webhookSecretCipher, openablePrevious(row, keyring)]
      .filter((cipher) => cipher !== null)
      .map((cipher) => keyring.decrypt(cipher)),
  };
}

/** The one before only helps while secrets are exchanged: one that cannot be opened any more is passed over. */
function openablePrevious({ previousWebhookSecretCipher: cipher }: Calendar, keyring: Keyring): string | null {
  return cipher !== null && canOpen(keyring, cipher) ? cipher : null;
}
