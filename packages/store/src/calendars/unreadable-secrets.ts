import type { Db } from '../database.js';
import type { Keyring } from '../secrets/keyring.js';
import { canOpenSecret } from './calendar-secrets.js';

/**
 * Calendars of which a secret cannot be opened: ENCRYPTION_KEY is not the one they were stored with, or lost an earlier
 * key.
 */
export async function findUnreadableCalendars(db: Db, keyring: Keyring): Promise<{ id: string; name: string }[]> {
  const rows = await db.calendar.findMany({
    select: { id: true, name: true, apiKeyCipher: true, webhookSecretCipher: true },
    orderBy: { name: 'asc' },
  });
  return rows
    .filter(
      (row) => !(['apiKeyCipher', 'webhookSecretCipher'] as const).every((name) => canOpenSecret(keyring, row, name)),
    )
    .map(({ id, name }) => ({ id, name }));
}
