import type { Db } from '../database.js';
import { type Keyring, SecretError } from '../secrets/keyring.js';

/** Calendars of which a secret cannot be opened: ENCRYPTION_KEY is not the one they were stored with, or lost an earlier key. */
export async function findUnreadableCalendars(db: Db, keyring: Keyring): Promise<{ id: string; name: string }[]> {
  const rows = await db.calendar.findMany({
    select: { id: true, name: true, apiKeyCipher: true, webhookSecretCipher: true },
    orderBy: { name: 'asc' },
  });
  return rows
    .filter(({ apiKeyCipher, webhookSecretCipher }) =>
      [apiKeyCipher, webhookSecretCipher].some((cipher) => cipher !== null && !canOpen(keyring, cipher)),
    )
    .map(({ id, name }) => ({ id, name }));
}

/** @throws what is no {@link SecretError} */
export function canOpen(keyring: Keyring, cipher: string): boolean {
  try {
    keyring.decrypt(cipher);
    return true;
  } catch (error) {
    if (error instanceof SecretError) return false;
    throw error;
  }
}
