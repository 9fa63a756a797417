import type { LumaAccount } from '../luma-account.js';
import type { ApplyEventDeps } from './apply-observed.js';

/**
 * Luma told of an event that the key may not read (403). It is kept among the unreadable records and told of once. No
 * run asks again: a person grants the right, and the next list or webhook that shows the event takes it in and closes
 * the record.
 */
export function noteForbidden(
  lumaEventId: string,
  { calendarId }: Pick<LumaAccount, 'calendarId'>,
  { unreadable }: Pick<ApplyEventDeps, 'unreadable'>,
): Promise<void> {
  const odd = {
    isRead: false,
    notes: [{ path: '', reason: 'forbidden' }],
    identity: { id: lumaEventId },
    raw: { id: lumaEventId },
  };
  return unreadable.note(calendarId, { kind: 'event', from: 'read', lumaEventId, readIds: [], odd: [odd] });
}
