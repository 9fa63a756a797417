import { eventPush, type Trigger } from '@luma-sync/jobs';
import type { Db } from '../database.js';
import { findRoutedCalendarId } from '../event-sync/routing.js';
import type { Event } from '../generated/client.js';
import { type EnqueuedOperation, enqueueOperation } from '../operations/enqueue.js';

/** Edits that follow each other within this time travel together: a hundred of them in a second cost two requests. */
const EDITS_GATHER_MS = 1_000;

/** Notes in the caller's transaction that Luma's copy is behind, and asks for the push that changes that. */
export async function requestEventPush(
  tx: Db,
  event: Pick<Event, 'id' | 'calendarId'>,
  request: { pinnedCalendarId: string | null; trigger: Trigger; actor: string },
): Promise<EnqueuedOperation> {
  if (request.pinnedCalendarId !== null) {
    // What is gone at Luma stays so until Luma shows it again: a push would only be refused, and with it every answer to the event.
    await tx.$executeRaw`
      update event_links set state = 'pending_push', last_error = null, updated_at = now()
      where event_id = ${event.id}::uuid and state <> 'source_deleted'`;
  }
  // What Luma has already can wait a moment for the next edit; a new event goes out at once, and so does what a person asks for by hand.
  const isEdit = request.pinnedCalendarId !== null && request.trigger === 'api';
  const calendarId = request.pinnedCalendarId ?? event.calendarId ?? (await findRoutedCalendarId(tx, event.id));
  // Last: everybody who pushes this event meets at this row, so it should be held as shortly as can be.
  return enqueueOperation(
    tx,
    eventPush,
    { eventId: event.id },
    {
      trigger: request.trigger,
      actor: request.actor,
      eventId: event.id,
      calendarId,
      ...(isEdit ? { runAfter: new Date(Date.now() + EDITS_GATHER_MS) } : {}),
    },
  );
}
