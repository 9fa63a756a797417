import { eventLinks } from '@luma-sync/domain';
import { eventPush, type Trigger } from '@luma-sync/jobs';
import {
  type EnqueuedOperation,
  type Event,
  enqueueOperation,
  findRoutedCalendarId,
  markPushRequested,
  type Tx,
} from '@luma-sync/store';

/** Notes in the caller's transaction that Luma's copy is behind, and asks for the push that changes that. */
export async function requestEventPush(
  tx: Tx,
  event: Pick<Event, 'id' | 'calendarId'>,
  request: { pinnedCalendarId: string | null; trigger: Trigger; actor: string },
): Promise<EnqueuedOperation> {
  if (request.pinnedCalendarId !== null) await markPushRequested(tx, event.id);
  const gatherMs = eventLinks.gatherEditsMs(request.pinnedCalendarId !== null, request.trigger);
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
      ...(gatherMs > 0 ? { runAfter: new Date(Date.now() + gatherMs) } : {}),
    },
  );
}
