import { PermanentError } from '@luma-sync/jobs';
import type { BackfillStore, SyncEventWithLink } from '@luma-sync/store';
import { changedWhileTied } from '../event/changed-meanwhile.js';
import { isManagedHere } from '../event/is-managed-here.js';
import { toCall } from '../luma-account.js';
import type { Run } from '../run.js';
import { type AdoptFoundDeps, adoptFound } from './adopt-found.js';

export interface LinkAsAnsweredDeps extends AdoptFoundDeps {
  backfills: AdoptFoundDeps['backfills'] & Pick<BackfillStore, 'findHeld'>;
}

/**
 * A person said that this event is one that Luma has: ties the two now, with the checks of a backfill. The run holds
 * the event's lease.
 *
 * @throws {PermanentError} `event.link_impossible`: why, and that the question can be answered anew.
 */
export async function linkAsAnswered(
  { event }: SyncEventWithLink,
  lumaEventId: string,
  { account, deps, ctx }: Run<LinkAsAnsweredDeps>,
): Promise<void> {
  const held = (await deps.backfills.findHeld([lumaEventId])).get(lumaEventId) ?? null;
  if (held !== null && !held.isImported)
    throw impossible(event.id, lumaEventId, `it is tied to another event here (${held.eventId})`);
  const observedAt = ctx.now();
  const found = await account.api.findEvent(lumaEventId, toCall(ctx, 'interactive'));
  if (found.kind === 'unreadable')
    throw impossible(event.id, lumaEventId, 'Luma shows it in a form that cannot be read; see /v1/unreadable-records');
  if (found.kind !== 'found')
    throw impossible(event.id, lumaEventId, 'the calendar’s key cannot read it: it is gone, or on another calendar');
  if (!isManagedHere(found.record, account))
    throw impossible(event.id, lumaEventId, 'another calendar manages it, and only that one may change it');
  const mergesEventId = held?.eventId ?? null;
  const isAdopted = await adoptFound(
    { event, seen: found.record, observedAt, mergesEventId, by: 'answer' },
    { account, deps, ctx },
  );
  // The next run finds what changed: a newer row of ours, or who has Luma's event by now.
  if (!isAdopted) throw changedWhileTied(event.id, lumaEventId);
}

const impossible = (eventId: string, lumaEventId: string, why: string): PermanentError =>
  new PermanentError(
    'event.link_impossible',
    `event ${eventId} cannot become Luma's ${lumaEventId}, as a person said: ${why}; answer anew at ` +
      '/v1/backfill-questions',
  );
