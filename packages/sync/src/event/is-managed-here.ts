import type { LumaEvent } from '@luma-sync/luma-contract';
import type { LumaAccount } from '../luma-account.js';

/** An event of another calendar may be on the list; it is nobody's to adopt. */
export const isManagedHere = (
  { access, calendar_id: calendarId }: LumaEvent,
  { lumaCalendarId }: Pick<LumaAccount, 'lumaCalendarId'>,
): boolean =>
  access !== 'view' && (lumaCalendarId === null || calendarId === undefined || calendarId === lumaCalendarId);
