import { type EventState, toEventState, toSlug } from '@luma-sync/domain';
import { type JobContext, PermanentError } from '@luma-sync/jobs';
import type { EventSyncStore, SyncEventWithLink } from '@luma-sync/store';
import { toCreateRequest } from '../event/to-luma.js';
import { type LumaAccount, toCall } from '../luma-account.js';
import type { EventPushPlan } from './plan.js';
import { slugHashesOf } from './slug-hashes.js';

export interface CreateDeps {
  events: Pick<EventSyncStore, 'reserveSlug' | 'attach'>;
}

export interface CreatedEvent {
  lumaEventId: string;
  /** True when an earlier run had created it and its answer was lost. */
  adopted: boolean;
}

/**
 * Makes the event exist at Luma exactly once. Luma has no idempotency key; the public address is one: it is unique there, made from our id,
 * and reserved in our database before the request, so that a later run looks it up before it creates.
 *
 * @returns null when the plan allows no creating and Luma has no such event.
 */
export async function createAtLuma(
  { event, link }: SyncEventWithLink,
  plan: Extract<EventPushPlan, { kind: 'create' }>,
  account: LumaAccount,
  deps: CreateDeps,
  ctx: JobContext,
): Promise<CreatedEvent | null> {
  const adopt = async (lumaEventId: string): Promise<CreatedEvent> => {
    await deps.events.attach(ctx, { eventId: event.id, lumaEventId, adopted: true });
    return { lumaEventId, adopted: true };
  };
  const reserved = plan.mayExist ? (link?.slug ?? null) : null;
  const candidates = slugHashesOf(event.id).map((hash) => toSlug(event.title, hash));
  for (const slug of reserved === null ? candidates : [reserved, ...candidates.filter((slug) => slug !== reserved)]) {
    if (slug === reserved) {
      const found = await whose(slug, account, ctx);
      if (found.kind === 'ours') return adopt(found.lumaEventId);
      if (!plan.mayCreate) return null;
      if (found.kind === 'foreign') continue;
    }
    const isReserved = await deps.events.reserveSlug(ctx, {
      eventId: event.id,
      calendarId: account.calendarId,
      slug,
      base: { ours: toEventState(event), luma: {}, asked: withoutUnasked(plan.state) },
    });
    if (!isReserved) continue;
    try {
      const { id } = await account.api.createEvent(toCreateRequest(plan.state, slug), toCall(ctx, 'interactive'));
      await deps.events.attach(ctx, { eventId: event.id, lumaEventId: id, adopted: false });
      return { lumaEventId: id, adopted: false };
    } catch (error) {
      // Luma has no word we could rely on for "this address is taken": look whether it is.
      if (!(error instanceof PermanentError) || error.code !== 'luma.rejected') throw error;
      const found = await whose(slug, account, ctx);
      if (found.kind === 'ours') return adopt(found.lumaEventId);
      if (found.kind === 'nobody') throw error;
    }
  }
  throw new PermanentError(
    'event.slug_taken',
    `every public address tried for event ${event.id} belongs to somebody else`,
  );
}

/** A cover that is not asked for is left to Luma: whatever it shows then is no answer to us. */
function withoutUnasked({ cover, ...state }: EventState): Partial<EventState> {
  return cover === null ? state : { ...state, cover };
}

type Owner = { kind: 'nobody' } | { kind: 'foreign' } | { kind: 'ours'; lumaEventId: string };

/** Whose is this address? Ours only if the event can be read with our key and is on our calendar. */
async function whose(slug: string, account: LumaAccount, ctx: JobContext): Promise<Owner> {
  const call = toCall(ctx, 'interactive');
  const entity = await account.api.lookupEntity(slug, call);
  if (entity === null) return { kind: 'nobody' };
  if (entity.type !== 'event') return { kind: 'foreign' };
  const found = await account.api.findEvent(entity.event.id, call);
  if (found.kind !== 'found') return { kind: 'foreign' };
  const { calendar_id: calendarId } = found.record;
  const isOurs = account.lumaCalendarId === null || calendarId === undefined || calendarId === account.lumaCalendarId;
  return isOurs ? { kind: 'ours', lumaEventId: entity.event.id } : { kind: 'foreign' };
}
