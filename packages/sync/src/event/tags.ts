import { findTag, hasSameTags, mergeTags, planTags, type TagsBase, withoutRepeatedTags } from '@luma-sync/domain';
import { type JobContext, JobError, PermanentError, SECOND_MS } from '@luma-sync/jobs';
import type { EventSyncStore, SyncEvent, SyncEventLink } from '@luma-sync/store';
import { LEASE_WAIT } from '../lease-wait.js';
import { type LumaAccount, type LumaAccounts, toCall } from '../luma-account.js';
import { toStorable } from '../storable.js';
import { listAround, toAround } from './list-around.js';

/*
 * Tags of an event. Luma takes them by requests of their own and shows them in lists and webhooks, not where an event
 * is read. So they have a base of their own in the link. They merge tag by tag: no two sides can contradict each other.
 */

export interface TagDeps {
  events: Pick<EventSyncStore, 'find' | 'storeTags' | 'withTags'>;
}

/** A list that was asked for so soon after a push of tags may be older than the push. */
const SETTLED_MS = 30 * SECOND_MS;

/** @returns true when Luma was asked for something. */
export async function pushTags(
  eventId: string,
  deps: TagDeps & { luma: LumaAccounts },
  ctx: JobContext,
): Promise<boolean> {
  const record = await deps.events.find(eventId);
  const link = record?.link ?? null;
  if (record === null || link === null || link.lumaEventId === null || link.state === 'source_deleted') return false;
  const { lumaEventId, calendarId, tagsBase: base = null } = link;
  const { tags, approval, ownership } = record.event;
  if (approval !== 'approved' || ownership !== 'created') return false;
  const { apply, unapply } = planTags(tags, base);
  if (apply.length === 0 && unapply.length === 0) return false;
  const account = await deps.luma.open(calendarId);
  try {
    await sendTags({ apply, unapply }, lumaEventId, account, deps, ctx);
  } catch (error) {
    if (!(error instanceof PermanentError) || !REFUSALS.has(error.code)) throw error;
    // Tags cost nothing else of the event.
    const refused = { names: apply, message: error.message };
    const names = (base?.names ?? []).filter((name) => !unapply.includes(name));
    await deps.events.storeTags(ctx, { eventId, base: { names, at: ctx.now().toISOString(), refused } });
    return true;
  }
  await deps.events.storeTags(ctx, { eventId, base: { names: tags, at: ctx.now().toISOString() } });
  return true;
}

const REFUSALS = new Set(['luma.rejected', 'luma.not_found', 'luma.forbidden']);

/**
 * To apply a tag twice, or to take off one that is not there, changes nothing: after a lost answer all of it is sent
 * again.
 */
async function sendTags(
  { apply, unapply }: ReturnType<typeof planTags>,
  lumaEventId: string,
  account: LumaAccount,
  deps: TagDeps,
  ctx: JobContext,
): Promise<void> {
  const { api, calendarId } = account;
  const call = () => toCall(ctx, 'interactive');
  // Two runs that miss the same tag would make it twice: one at a time looks and makes.
  const known = await deps.events.withTags(ctx, calendarId, () => makeMissing(apply, account, ctx), LEASE_WAIT);
  for (const name of apply) await api.applyEventTag(findTag(known, name)?.id ?? name, lumaEventId, call());
  for (const name of unapply) {
    const tag = findTag(known, name);
    if (tag !== undefined) await api.unapplyEventTag(tag.id, lumaEventId, call());
  }
}

/** @returns all tags of the calendar, these among them. */
async function makeMissing(
  names: readonly string[],
  { api }: LumaAccount,
  ctx: JobContext,
): Promise<{ id: string; name: string }[]> {
  const call = () => toCall(ctx, 'interactive');
  const known: { id: string; name: string }[] = [...(await api.listEventTags(call()))];
  for (const name of names)
    if (findTag(known, name) === undefined) known.push({ name, ...(await api.createEventTag(name, call())) });
  return known;
}

/** Tags that a list or a webhook shows, by name; null where it shows none. */
export const toShownTags = (shown: readonly { name: string }[] | undefined): string[] | null =>
  shown === undefined ? null : withoutRepeatedTags(toStorable([...shown]).map(({ name }) => name));

/**
 * Takes over what a host changed of the tags. A webhook may come late and names no moment of its own: what differs in
 * it is looked up in a list.
 *
 * @returns true when our tags changed. The caller holds the event's lease.
 */
export async function takeTags(
  eventId: string,
  { shown, observedAt, via }: { shown: readonly string[]; observedAt: Date; via: string },
  deps: { events: Pick<EventSyncStore, 'find' | 'storeTags'> },
  ctx: JobContext,
): Promise<boolean> {
  const record = await deps.events.find(eventId);
  if (record?.link == null) return false;
  const base = record.link.tagsBase ?? null;
  if (base !== null && observedAt.getTime() < Date.parse(base.at) + SETTLED_MS) return false;
  const tags = mergeTags(record.event.tags, base, shown);
  const isTaken = !hasSameTags(tags, record.event.tags);
  if (!isTaken && base !== null && hasSameTags(shown, base.names)) return false;
  const taken = isTaken ? { taken: { tags, revision: record.event.revision, via } } : {};
  const refused = base?.refused === undefined ? {} : { refused: base.refused };
  const next: TagsBase = { names: shown, at: observedAt.toISOString(), ...refused };
  return (await deps.events.storeTags(ctx, { eventId, base: next, ...taken })) && isTaken;
}

/** Whether what is shown says something else than both sides agreed on, and is no echo of a push a moment ago. */
export function hasOtherTags(
  { event, link }: { event: Pick<SyncEvent, 'tags'>; link: Pick<SyncEventLink, 'tagsBase'> },
  shown: readonly string[],
  now: Date,
): boolean {
  const base = link.tagsBase ?? null;
  if (base === null) return shown.length > 0 && !hasSameTags(shown, event.tags);
  return !hasSameTags(shown, base.names) && now.getTime() >= Date.parse(base.at) + SETTLED_MS;
}

/** @returns null when a list does not show the event. */
export async function listTags(
  { lumaEventId, startsAt }: { lumaEventId: string; startsAt: Date },
  account: LumaAccount,
  ctx: JobContext,
): Promise<{ shown: string[]; observedAt: Date } | null> {
  const observedAt = ctx.now();
  const { there } = await listAround(toAround(startsAt), account, ctx);
  const shown = toShownTags(there.find(({ id }) => id === lumaEventId)?.tags);
  return shown === null ? null : { shown, observedAt };
}

/**
 * As {@link listTags}, for an event that comes in: a list that Luma refuses, or that has no end, costs the tags and not
 * the event. Its next pull adds them.
 */
export async function listTagsUnlessRefused(
  around: { lumaEventId: string; startsAt: Date },
  account: LumaAccount,
  ctx: JobContext,
): Promise<{ shown: string[]; observedAt: Date } | null> {
  try {
    return await listTags(around, account, ctx);
  } catch (error) {
    if (error instanceof JobError && WITHOUT_TAGS.has(error.code)) return null;
    throw error;
  }
}

const WITHOUT_TAGS = new Set(['luma.rejected', 'luma.not_found', 'luma.forbidden', 'luma.listing_incomplete']);
