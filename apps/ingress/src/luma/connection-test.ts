import type { KeyClientDeps } from '@luma-sync/luma-access';
import { type CalendarAccess, inTransaction, noteCalendarOfKey, noteFailedTest } from '@luma-sync/store';
import type { ConnectionTestWire } from '../v1/schemas/calendar.js';
import { callLumaForRequest, OTHER_CALENDAR } from './call-luma.js';

/** Codes that the calendar's own status tells. */
const KEY_REFUSALS: ReadonlySet<string> = new Set(['luma.auth_failed', 'luma.plan_inactive', 'calendar.auth_failed']);

/** Asks Luma which calendar a key opens. */
export function createConnectionTest(deps: KeyClientDeps) {
  return async (access: CalendarAccess): Promise<ConnectionTestWire> => {
    const answer = await callLumaForRequest(deps, access, (luma, call) => luma.getCalendar(call));
    if (answer.kind === 'refused') {
      const { code, reason } = answer;
      if (!KEY_REFUSALS.has(code))
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
