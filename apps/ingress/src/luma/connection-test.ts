import { isKeyRefusal } from '@luma-sync/jobs';
import type { KeyClientDeps } from '@luma-sync/luma-access';
import { type CalendarAccess, inTransaction, noteCalendarOfKey, noteFailedTest } from '@luma-sync/store';
import type { ConnectionTestWire } from '../v1/schemas/calendar.js';
import { callLumaForRequest, OTHER_CALENDAR } from './call-luma.js';

/**
 * Whether a failure says something of the connection. A refused key stands in the calendar's status. Without a key, a
 * slot of the budget or Redis, Luma was never asked; a key that is locked for a while works.
 */
const isOfConnection = (code: string): boolean =>
  code.startsWith('luma.') && !isKeyRefusal(code) && code !== 'luma.rate_limited';

/** Asks Luma which calendar a key opens. */
export function createConnectionTest(deps: KeyClientDeps) {
  return async (access: CalendarAccess): Promise<ConnectionTestWire> => {
    const answer = await callLumaForRequest(deps, access, (luma, call) => luma.getCalendar(call));
    if (answer.kind === 'refused') {
      const { code, reason } = answer;
      if (isOfConnection(code))
        await inTransaction(deps.db, (tx) => noteFailedTest(tx, access.calendar.id, { code, reason }));
      return { status: 'disconnected', reason };
    }
    const { calendar, fingerprint } = access;
    const about = { fingerprint: fingerprint ?? '', lumaCalendarId: answer.value.id };
    const found = await inTransaction(deps.db, (tx) => noteCalendarOfKey(tx, calendar.id, about));
    return found.kind === 'other'
      ? { status: 'disconnected', reason: OTHER_CALENDAR }
      : { status: 'connected', reason: null };
  };
}
