import type { EventView } from '@luma-sync/store';
import type { AuditWord } from '../route.js';

/** An event by our id: the app's own may be a name. */
export function toEventAudit({ event, link }: EventView, changes?: AuditWord['changes']): AuditWord {
  return {
    subject: event.id,
    calendarId: link?.calendarId ?? event.calendarId,
    ...(changes === undefined ? {} : { changes }),
  };
}
