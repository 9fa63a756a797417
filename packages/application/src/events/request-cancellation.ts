import { eventCancel } from '@luma-sync/jobs';
import { appendTimeline, enqueueOperation, getEventView, storeCancellation, type Tx } from '@luma-sync/store';
import { type CommandOptions, type CommandResult, onLockedEvent } from './command.js';

/**
 * Takes a person's command to cancel an event at Luma for good, with the most guests that Luma may mail. The event
 * stays as it is until Luma is seen to have done it. A second command before the first was begun takes its place.
 */
export function requestLumaCancellation(
  tx: Tx,
  key: string,
  { actor, guests, refund }: Pick<CommandOptions, 'actor'> & { guests: number; refund: boolean | null },
): Promise<CommandResult> {
  return onLockedEvent(tx, key, async (event, link) => {
    if (event.cancelMode === 'cancel') return { kind: 'cancelled-for-good' };
    if (link === null || link.lumaEventId === null || link.state === 'source_deleted') return { kind: 'not-linked' };
    const options = { trigger: 'manual', actor, eventId: event.id, calendarId: link.calendarId } as const;
    const operation = await enqueueOperation(tx, eventCancel, { eventId: event.id }, options);
    await storeCancellation(tx, operation.id, { eventId: event.id, guests, refund, actor });
    await appendTimeline(tx, [
      {
        recordType: 'event',
        recordId: event.id,
        actor,
        operationId: operation.id,
        fact: { fact: 'cancel-ordered', guests },
      },
    ]);
    return { kind: 'done', view: await getEventView(tx, event.id), operation };
  });
}
