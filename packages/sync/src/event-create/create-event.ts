import { PermanentError } from '@luma-sync/jobs';
import type { SyncEventWithLink } from '@luma-sync/store';
import type { CoverDeps } from '../cover/place-cover.js';
import { toRefusal } from '../event/refusals.js';
import { type Requested, toRequested } from '../event/requested.js';
import type { Run } from '../run.js';
import { type AdoptExistingDeps, adoptExisting } from './adopt-existing.js';
import { type CreateDeps, type CreatedEvent, createAtAddress } from './create-at-address.js';
import type { CreatePlan } from './create-plan.js';
import { type CreateWithoutAddressDeps, createWithoutAddress, isWithoutAddress } from './create-without-address.js';
import { type LinkAsAnsweredDeps, linkAsAnswered } from './link-as-answered.js';

export interface CreateEventDeps extends CoverDeps {
  events: AdoptExistingDeps['events'] & CreateDeps['events'] & CreateWithoutAddressDeps['events'];
  backfills: AdoptExistingDeps['backfills'] & CreateWithoutAddressDeps['backfills'] & LinkAsAnsweredDeps['backfills'];
  rsvps: AdoptExistingDeps['rsvps'];
}

export type CreateEnd =
  | { kind: 'created'; created: CreatedEvent; requested: Requested }
  /** Tied to an event that Luma had. */
  | { kind: 'adopted' }
  /** Cancelled before it ever went out, and Luma has none. */
  | { kind: 'never-published' };

export interface CreateOptions {
  /** Luma's id of the event that a person said is this one. */
  answeredId: string | null;
  /** The calendar's events were compared with ours a moment ago. */
  isCompared: boolean;
}

/** Makes the event exist at Luma once: ties it to what Luma has of it already, else creates it. */
export async function createEvent(
  record: SyncEventWithLink,
  plan: CreatePlan,
  { answeredId, isCompared }: CreateOptions,
  run: Run<CreateEventDeps>,
): Promise<CreateEnd> {
  if (answeredId !== null) {
    await linkAsAnswered(record, answeredId, run);
    return { kind: 'adopted' };
  }
  if (plan.mayCreate && !plan.mayExist && !isCompared && (await adoptExisting(record, run))) return { kind: 'adopted' };
  const requested = await toRequested(plan.state, record.event, run);
  const created = await create(record, { ...plan, state: { ...plan.state, cover: null, ...requested.state } }, run);
  if (created === null) return { kind: 'never-published' };
  return created === 'merged' ? { kind: 'adopted' } : { kind: 'created', created, requested };
}

async function create(
  record: SyncEventWithLink,
  plan: CreatePlan,
  run: Run<CreateEventDeps>,
): Promise<CreatedEvent | 'merged' | null> {
  if (isWithoutAddress(run.account, record.link)) return createWithoutAddress(record, plan, run);
  try {
    return await createAtAddress(record, plan, run);
  } catch (error) {
    // Luma takes no address of ours for this event, and chooses one.
    if (isAddressRefused(error)) return createWithoutAddress(record, plan, run);
    throw error;
  }
}

const isAddressRefused = (error: unknown): boolean =>
  error instanceof PermanentError && error.code === 'luma.rejected' && toRefusal(error, 'slug') !== null;
