import type { NoteReading } from '@luma-sync/luma-client';
import { type Database, type ErasedAddresses, hasOpenUnreadable, noteReading } from '@luma-sync/store';

/**
 * For how long a process trusts that nothing of a calendar is open: what another one has noted since is closed by a
 * later read.
 */
const TRUSTED_MS = 60_000;

/**
 * Keeps what Luma's answers held that cannot be read, and closes what is read again. A calendar without odd records, as
 * nearly all are, costs one query a minute.
 */
export function createReadingNotes(
  db: Database,
  calendarId: string,
  log: { warn(fields: object, message: string): void },
  erased: ErasedAddresses,
): NoteReading {
  let knownEmptyUntil = 0;
  return async (reading) => {
    try {
      if (reading.odd.length === 0) {
        if (performance.now() < knownEmptyUntil) return;
        if (!(await hasOpenUnreadable(db, calendarId))) {
          knownEmptyUntil = performance.now() + TRUSTED_MS;
          return;
        }
      }
      knownEmptyUntil = 0;
      await noteReading(db, calendarId, reading, erased);
    } catch (err) {
      // What becomes of the note must not decide what becomes of the records that were read.
      log.warn({ calendarId, err }, 'what Luma showed that cannot be read is not kept');
    }
  };
}
