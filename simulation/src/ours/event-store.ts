import {
  compareFollowed,
  type EventLink,
  type EventLinkChange,
  eventLinks,
  type FollowedColumns,
  ruleOfOwner,
  toFollowedColumns,
} from '@luma-sync/domain';
import { PermanentError, RetryAfterError } from '@luma-sync/jobs';
import type { SyncEventWithLink } from '@luma-sync/store';
import type { VirtualTime } from '../virtual-time.js';
import type { Commits } from './commits.js';
import type { Deps } from './connect.js';
import type { Operations } from './operations.js';
import { type EventRow, type Tables, toJsonb } from './tables.js';

export type InMemoryEvents = Commits<Omit<Deps['events'], 'withEvent' | 'withTags'>>;

/**
 * The tables of a run behind the interface of `createEventSyncStore`. What a call does to a link is a transition of
 * `eventLinks`.
 */
export function createInMemoryEvents(
  tables: Tables,
  operations: Operations,
  time: VirtualTime,
  calendarId: string,
): InMemoryEvents {
  const change = (eventId: string, transition: (link: EventLink) => EventLinkChange): boolean => {
    const link = tables.eventLinks.get(eventId);
    const changed = link === undefined ? {} : transition(link);
    if (link !== undefined) tables.eventLinks.set(eventId, { ...link, ...toJsonColumns(changed) });
    return Object.keys(changed).length > 0;
  };
  const note = (eventId: string, kind: string, message: string): void =>
    tables.note({ recordType: 'event', recordId: eventId, kind, message });
  const find = (eventId: string): SyncEventWithLink | null => {
    const event = tables.events.get(eventId);
    if (event === undefined) return null;
    const link = tables.eventLinks.get(eventId);
    return { event: { ...event }, link: link === undefined ? null : { ...link } };
  };

  return {
    find,

    isPushExpected: (eventId) => operations.isPushExpected(eventId),

    findIdByLuma(luma) {
      for (const [id, link] of tables.eventLinks) if (eventLinks.isLinkOf(link, luma) !== null) return id;
      return null;
    },

    listLinked({ afterId, limit, ...query }) {
      return [...tables.events.values()]
        .filter((event) => {
          const link = tables.eventLinks.get(event.id);
          return (
            link !== undefined && eventLinks.isListed(event, link, query) && (afterId === null || event.id > afterId)
          );
        })
        .sort((a, b) => (a.id < b.id ? -1 : 1))
        .slice(0, limit)
        .flatMap((event) => find(event.id) ?? []);
    },

    listRoutableCalendars: () => [{ id: calendarId, isDefault: true, routing: null }],

    reserveSlug(holder, { eventId, ...reservation }) {
      operations.assertOwner(holder);
      const { slug } = reservation;
      const isTaken = ([id, link]: [string, EventLink]) => id !== eventId && eventLinks.hasAddress(link, slug);
      if ([...tables.eventLinks].some(isTaken)) return false;
      if (tables.eventsInDoubt.has(eventId))
        throw new PermanentError('event.in_doubt', `Luma may have event ${eventId} already`);
      const known = tables.eventLinks.get(eventId) ?? null;
      const reserved = eventLinks.reserveAddress(known, reservation, time.date());
      tables.eventLinks.set(eventId, {
        ...(known ?? eventLinks.newEventLink(reservation.calendarId)),
        ...toJsonColumns(reserved),
      });
      note(eventId, 'asked', `Asked Luma to create the event under the address "${slug}".`);
      return true;
    },

    attach(holder, { eventId, lumaEventId, adopted }) {
      operations.assertOwner(holder);
      for (const [id, link] of tables.eventLinks) {
        if (link.lumaEventId === lumaEventId && id !== eventId)
          throw new PermanentError('event.id_reused', `another event is tied to ${lumaEventId}`);
      }
      change(eventId, () => eventLinks.attachToLuma(lumaEventId));
      note(eventId, 'answered', adopted ? `Adopted ${lumaEventId}.` : `Luma created the event (${lumaEventId}).`);
    },

    noteAsked(holder, { eventId, base }) {
      operations.assertOwner(holder);
      change(eventId, (link) => eventLinks.recordEventIntent(link, base));
    },

    confirmPush(holder, push) {
      operations.assertOwner(holder);
      const { eventId } = push;
      const event = tables.events.get(eventId);
      const isCurrent = event?.revision === push.revision;
      if (eventLinks.isOvertaken(push, isCurrent)) {
        const message = `event ${eventId} changed on both sides during a push`;
        throw new RetryAfterError('event.changed_meanwhile', message, { waitMs: 0 });
      }
      if (isCurrent) Object.assign(event, eventLinks.toPushedEvent(push));
      change(eventId, () => eventLinks.confirmEventPush(push, isCurrent, time.date()));
      if (push.sentFields.length > 0)
        note(eventId, 'answered', `Luma holds revision ${push.revision} (${push.sentFields.join(', ')}).`);
      if (tables.rsvpsOf(eventId).some((rsvp) => tables.linkOf(rsvp.id)?.state === 'pending_push'))
        operations.enqueue('rsvp.push', { eventId }, { trigger: 'api', actor: 'event.push' });
    },

    storeObservation(holder, merged) {
      operations.assertOwner(holder);
      const { eventId, via, trigger } = merged;
      const event = tables.events.get(eventId);
      if (event?.revision !== merged.revision) return false;
      Object.assign(event, merged.take);
      change(eventId, () => eventLinks.recordObservation(merged, time.date()));
      for (const { field, base = null, ours = null, theirs = null, kept } of merged.conflicts) {
        const conflict = { base, ours, theirs, rule: ruleOfOwner(kept), resolution: kept };
        tables.conflicts.push({ recordType: 'event', recordId: eventId, field, ...conflict });
        note(eventId, 'decided', `Both sides changed ${field}: ${kept} stays.`);
      }
      if (merged.takenFields.length > 0)
        note(eventId, 'observed', `Changed at Luma: ${merged.takenFields.join(', ')} (seen by ${via}).`);
      if (merged.pushNeeded) operations.enqueue('event.push', { eventId }, { trigger, actor: via });
      return true;
    },

    storeFollowed(holder, { eventId, hosts, via, ...shown }) {
      operations.assertOwner(holder);
      const event = tables.events.get(eventId);
      if (event === undefined) return false;
      const columns = toFollowedColumns(shown);
      const { news } = compareFollowed(toKnown(event), columns, isSameJson);
      Object.assign(event, columns);
      const known = event.lumaHosts ?? [];
      if (hosts !== undefined && !isSameJson(sortHosts(known), sortHosts(hosts))) {
        event.lumaHosts = hosts;
        if (known.length > 0) news.push('hosts');
      }
      if (news.length > 0) note(eventId, 'observed', `Changed at Luma: ${news.join(', ')} (seen by ${via}).`);
      return news.length > 0;
    },

    storeTags(holder, { eventId, base, taken }) {
      operations.assertOwner(holder);
      const event = tables.events.get(eventId);
      const link = tables.eventLinks.get(eventId);
      if (event === undefined || link === undefined) return false;
      const agreed = taken === undefined ? { base } : { base, taken };
      const recorded = eventLinks.recordTags(link, agreed, event.revision);
      if (recorded === null) return false;
      Object.assign(event, recorded.event);
      change(eventId, () => recorded.link);
      return true;
    },

    import(holder, imported) {
      operations.assertOwner(holder);
      const links = [...tables.eventLinks.values()];
      if (links.some((link) => link.lumaEventId === imported.lumaEventId)) return null;
      const isSlugTaken = links.some((link) => eventLinks.hasAddress(link, imported.slug));
      const { state } = imported;
      const id = tables.newId();
      tables.events.set(id, {
        id,
        externalId: null,
        source: 'luma',
        ownership: imported.ownership,
        approval: 'approved',
        calendarId: null,
        revision: 1,
        title: state.title,
        descriptionMd: state.description,
        startsAt: new Date(state.startsAt),
        endsAt: new Date(state.endsAt),
        timezone: state.timezone,
        locationType: imported.locationType,
        locationName: null,
        locationAddress: state.address,
        locationLat: state.coordinate?.lat ?? null,
        locationLng: state.coordinate?.lng ?? null,
        meetingUrl: state.meetingUrl,
        visibility: state.visibility,
        capacity: state.capacity,
        coverUrl: state.cover,
        organizationId: null,
        cancelMode: null,
        cancelledAt: null,
        tags: imported.tags ?? [],
        locationCity: imported.city,
        locationCountry: imported.country,
        registrationQuestions: imported.registrationQuestions,
        lumaHosts: imported.hosts,
        url: imported.url,
        stated: null,
      });
      tables.eventLinks.set(id, {
        ...eventLinks.newEventLink(imported.calendarId),
        ...toJsonColumns(eventLinks.linkImported(imported, isSlugTaken)),
      });
      note(id, 'observed', `First seen at Luma (by ${imported.via}).`);
      return id;
    },

    markSourceDeleted(holder, { eventId, cancelled, via, observedAt }) {
      operations.assertOwner(holder);
      const event = tables.events.get(eventId);
      const cancellation = cancelled && event !== undefined ? eventLinks.cancelAtLuma(event, observedAt) : {};
      if (event !== undefined) Object.assign(event, cancellation);
      const isLost = change(eventId, (link) => eventLinks.loseEvent(link, observedAt));
      if (isLost || Object.keys(cancellation).length > 0)
        note(eventId, 'observed', `${cancelled ? 'Cancelled at Luma' : 'Gone at Luma'} (seen by ${via}).`);
    },

    noteLumaCreatedAt(holder, { eventId, lumaCreatedAt }) {
      operations.assertOwner(holder);
      change(eventId, (link) => eventLinks.recordCreatedAt(link, lumaCreatedAt));
    },

    markIdReused(holder, { eventId, via, observedAt }) {
      operations.assertOwner(holder);
      const lumaEventId = tables.eventLinks.get(eventId)?.lumaEventId;
      if (change(eventId, (link) => eventLinks.markIdReused(link, observedAt, time.date())))
        note(eventId, 'observed', `${lumaEventId} is another event now (seen by ${via}).`);
    },

    touchChecked(eventIds, at) {
      for (const eventId of eventIds) change(eventId, (link) => eventLinks.recordCheck(link, at));
    },
  };
}

const toKnown = (event: EventRow): FollowedColumns => ({
  url: event.url,
  locationType: event.locationType,
  locationCity: event.locationCity ?? null,
  locationCountry: event.locationCountry ?? null,
  registrationQuestions: event.registrationQuestions ?? null,
});

const isSameJson = (a: unknown, b: unknown): boolean => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

const sortHosts = (hosts: NonNullable<EventRow['lumaHosts']>) =>
  [...new Map(hosts.map(({ lumaUserId, name, email }) => [lumaUserId, { lumaUserId, name, email }])).values()].sort(
    (a, b) => (a.lumaUserId < b.lumaUserId ? -1 : 1),
  );

/** As columns of jsonb keep it. */
const toJsonColumns = <C extends EventLinkChange>(change: C): C => ({
  ...change,
  ...(change.base === undefined ? {} : { base: toJsonb(change.base) }),
  ...(change.tagsBase === undefined ? {} : { tagsBase: toJsonb(change.tagsBase) }),
});

/** As `markPushFailed`. */
export function failEventPush(
  tables: Tables,
  time: VirtualTime,
  eventId: string,
  error: { code: string; message: string },
): void {
  const link = tables.eventLinks.get(eventId);
  if (link !== undefined)
    tables.eventLinks.set(eventId, { ...link, ...eventLinks.failEventPush(link, error, time.date()) });
  tables.note({ recordType: 'event', recordId: eventId, kind: 'decided', message: `Push given up: ${error.message}` });
}
