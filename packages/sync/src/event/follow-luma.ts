import { isDeepStrictEqual } from 'node:util';
import { isSameEventField, normalizeEmail, slugOfUrl, toEventState } from '@luma-sync/domain';
import type { JobContext } from '@luma-sync/jobs';
import type { LumaEvent } from '@luma-sync/luma-contract';
import type { EventSyncStore, FollowedChange, ObservedHost, SyncEvent } from '@luma-sync/store';
import { toStorable } from '../storable.js';
import { toForeignKind } from './location-type.js';
import { slugOf, toObservedEventState } from './observe-event.js';

/** Whether Luma shows the event under another public address than we know. The two spellings of Luma's host are one. */
export function hasMoved({ url }: Pick<SyncEvent, 'url'>, seen: LumaEvent): boolean {
  const slug = slugOf(seen);
  return slug !== null && slug !== (url === null ? null : slugOfUrl(url));
}

/** What Luma shows of an event, and how. */
export interface FollowedObservation {
  seen: LumaEvent;
  via: string;
  observedAt: Date;
  /** False for a list entry or a webhook: what such a record lacks says nothing. */
  isFull: boolean;
  /** Fields of ours that Luma does not have yet. City and country belong to the address that Luma shows. */
  sendFields: readonly string[];
}

type Details = Pick<FollowedChange, 'city' | 'country' | 'hosts' | 'registrationQuestions'>;

/**
 * City, country and hosts that differ from ours. A full record decides; a list entry or a webhook may be older, so it
 * only fills what is unknown.
 */
export function toFollowedDetails(
  event: SyncEvent,
  { seen: shown, isFull, sendFields }: Pick<FollowedObservation, 'seen' | 'isFull' | 'sendFields'>,
): Details {
  const seen = toStorable(shown);
  const details: Details = {};
  const place = seen.geo_address_json;
  if (place !== undefined && !sendFields.includes('address')) {
    const { locationCity = null, locationCountry = null } = event;
    const city = place === null ? null : place.city;
    const country = place === null ? null : place.country;
    const isNews = (known: string | null, now: string | null | undefined) =>
      now !== undefined && now !== known && (isFull || known === null);
    if (isNews(locationCity, city)) details.city = city ?? null;
    if (isNews(locationCountry, country)) details.country = country ?? null;
  }
  const questions = toShownQuestions(shown);
  const known = event.registrationQuestions ?? null;
  if (questions !== null && (isFull || known === null) && !isDeepStrictEqual(questions, known))
    details.registrationQuestions = questions;
  if (isFull && seen.hosts !== undefined) {
    const hosts = toObservedHosts(seen, event.lumaHosts ?? []);
    if (!isDeepStrictEqual(sorted(hosts), sorted(event.lumaHosts ?? []))) details.hosts = hosts;
  }
  return details;
}

/** As they are stored: without what Luma does not show. Null where it shows no list. */
export function toShownQuestions({ registration_questions: shown }: LumaEvent): object[] | null {
  if (shown === undefined) return null;
  return toStorable(shown).map(({ question_type: type, ...question }) => {
    const named = { ...question, question_type: type.replace(/^unknown:/, '') };
    return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
  });
}

/** Whether other questions are shown than were known: by a list or a webhook, only a read tells which are newer. */
export function hasOtherQuestions({ registrationQuestions: known = null }: SyncEvent, seen: LumaEvent): boolean {
  const shown = toShownQuestions(seen);
  return known !== null && shown !== null && !isDeepStrictEqual(shown, known);
}

/** @param known What Luma leaves out of a host stays as it was. */
export function toObservedHosts(seen: LumaEvent, known: readonly ObservedHost[] = []): ObservedHost[] {
  const before = new Map(known.map((host) => [host.lumaUserId, host]));
  return toStorable(seen.hosts ?? []).map(({ id, name, email }) => ({
    lumaUserId: id,
    name: name === undefined ? (before.get(id)?.name ?? null) : name,
    email: email === undefined ? (before.get(id)?.email ?? null) : normalizeEmail(email),
  }));
}

const sorted = (hosts: readonly ObservedHost[]): ObservedHost[] =>
  [...hosts].sort((a, b) => (a.lumaUserId < b.lumaUserId ? -1 : 1));

/**
 * The public address is Luma's own: a host may change it, and ours follows. So do the kind of place of a foreign event,
 * city, country and hosts.
 *
 * @returns true when it contradicts what was known.
 */
export async function followLuma(
  event: SyncEvent,
  observation: FollowedObservation,
  { events }: { events: Pick<EventSyncStore, 'storeFollowed'> },
  ctx: JobContext,
): Promise<boolean> {
  const { seen, via, observedAt, isFull } = observation;
  const kind = toForeignKind(event, seen, isFull);
  const change = {
    ...(hasMoved(event, seen) && seen.url !== undefined ? { url: seen.url } : {}),
    ...(kind === null ? {} : { locationType: kind }),
    ...toFollowedDetails(event, observation),
  };
  if (Object.keys(change).length === 0) return false;
  return events.storeFollowed(ctx, { eventId: event.id, ...change, via, observedAt });
}

/** The same after a push that has merged what Luma shows. */
export function followAfterPush(
  event: SyncEvent,
  seen: LumaEvent,
  observedAt: Date,
  deps: { events: Pick<EventSyncStore, 'storeFollowed'> },
  ctx: JobContext,
): Promise<boolean> {
  const { address } = toObservedEventState(seen);
  const isPlaceOurs = address === undefined || isSameEventField('address', address, toEventState(event).address);
  const sendFields = isPlaceOurs ? [] : ['address'];
  return followLuma(event, { seen, via: 'push', observedAt, isFull: true, sendFields }, deps, ctx);
}
