import type { EventRecordChanges } from '@luma-sync/domain';
import { PermanentError, RetryAfterError } from '@luma-sync/jobs';
import type { SyncEventWithLink } from '@luma-sync/store';
import type { VirtualTime } from '../virtual-time.js';
import type { Commits } from './commits.js';
import type { Deps } from './connect.js';
import type { Operations } from './operations.js';
import { type EventLinkRow, type EventRow, type Tables, toJsonb } from './tables.js';

export type EventTwin = Commits<Omit<Deps['events'], 'withEvent' | 'withTags'>>;

/** What `createEventSyncStore` does to Postgres, done to the tables of a run. `event-twin.integration.test.ts` holds the two against each other. */
export function createEventTwin(
  tables: Tables,
  operations: Operations,
  time: VirtualTime,
  calendarId: string,
): EventTwin {
  const linkOf = (eventId: string): EventLinkRow => {
    const link = tables.eventLinks.get(eventId);
    if (link === undefined) throw new Error(`no link of event ${eventId}`);
    return link;
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

    findIdByLuma({ eventId, slug, calendarId: onCalendar }) {
      for (const [id, link] of tables.eventLinks) {
        if (link.lumaEventId === eventId) return id;
        if (slug !== null && link.slug === slug && link.calendarId === onCalendar && link.lumaEventId === null)
          return id;
      }
      return null;
    },

    listLinked({ calendarId: onCalendar, endsAfter, afterId, limit }) {
      return [...tables.events.values()]
        .filter((event) => {
          const link = tables.eventLinks.get(event.id);
          return (
            event.endsAt >= endsAfter &&
            link?.calendarId === onCalendar &&
            link.lumaEventId !== null &&
            link.state !== 'source_deleted' &&
            (afterId === null || event.id > afterId)
          );
        })
        .sort((a, b) => (a.id < b.id ? -1 : 1))
        .slice(0, limit)
        .flatMap((event) => find(event.id) ?? []);
    },

    listRoutableCalendars: () => [{ id: calendarId, isDefault: true, routing: null }],

    reserveSlug(holder, { eventId, calendarId: onCalendar, slug, base }) {
      operations.assertOwner(holder);
      for (const [id, link] of tables.eventLinks) if (link.slug === slug && id !== eventId) return false;
      const known = tables.eventLinks.get(eventId);
      tables.eventLinks.set(eventId, {
        ...(known ?? newLink()),
        calendarId: onCalendar,
        slug,
        base: toJsonb(base),
        createAskedAt: time.date(),
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
      Object.assign(linkOf(eventId), { lumaEventId, lumaCreatedAt: null });
      note(eventId, 'answered', adopted ? `Adopted ${lumaEventId}.` : `Luma created the event (${lumaEventId}).`);
    },

    noteAsked(holder, { eventId, base }) {
      operations.assertOwner(holder);
      const link = linkOf(eventId);
      if (link.base !== null) link.base = toJsonb(base);
    },

    confirmPush(holder, push) {
      operations.assertOwner(holder);
      const event = tables.events.get(push.eventId);
      if (event?.revision === push.revision) {
        write(event, push.take);
        if (push.url !== null) event.url = push.url;
      } else if (Object.keys(push.take).length > 0) {
        throw new RetryAfterError('event.changed_meanwhile', 'the event changed on both sides during a push', {
          waitMs: 0,
        });
      }
      Object.assign(linkOf(push.eventId), {
        pushedRevision: push.revision,
        base: toJsonb(push.base),
        observedAt: push.observedAt,
        checkedAt: push.observedAt,
        state: event?.revision === push.revision ? 'synced' : 'pending_push',
        lastError: push.problem,
      });
      if (push.sentFields.length > 0)
        note(push.eventId, 'answered', `Luma holds revision ${push.revision} (${push.sentFields.join(', ')}).`);
      if (tables.rsvpsOf(push.eventId).some((rsvp) => tables.rsvpLinks.get(rsvp.id)?.state === 'pending_push'))
        operations.enqueue('rsvp.push', { eventId: push.eventId }, { trigger: 'api', actor: 'event.push' });
    },

    storeObservation(holder, merged) {
      operations.assertOwner(holder);
      const event = tables.events.get(merged.eventId);
      if (event?.revision !== merged.revision) return false;
      write(event, merged.take);
      const link = linkOf(merged.eventId);
      Object.assign(link, {
        base: toJsonb(merged.base),
        observedAt: merged.observedAt,
        checkedAt: merged.observedAt,
        state: merged.state,
      });
      for (const conflict of merged.conflicts) {
        tables.conflicts.push({
          recordType: 'event',
          recordId: merged.eventId,
          field: conflict.field,
          base: conflict.base ?? null,
          ours: conflict.ours ?? null,
          theirs: conflict.theirs ?? null,
          rule: conflict.kept === 'ours' ? 'owner_app' : 'owner_luma',
          resolution: conflict.kept,
        });
        note(merged.eventId, 'decided', `Both sides changed ${conflict.field}: ${conflict.kept} stays.`);
      }
      if (merged.takenFields.length > 0)
        note(merged.eventId, 'observed', `Changed at Luma: ${merged.takenFields.join(', ')} (seen by ${merged.via}).`);
      if (merged.pushNeeded)
        operations.enqueue('event.push', { eventId: merged.eventId }, { trigger: merged.trigger, actor: merged.via });
      return true;
    },

    storeFollowed(holder, { eventId, url, locationType, city, country, registrationQuestions, hosts, via }) {
      operations.assertOwner(holder);
      const event = tables.events.get(eventId);
      if (event === undefined) return false;
      const before = { ...event };
      if (url !== undefined) event.url = url;
      if (locationType !== undefined) event.locationType = locationType;
      if (city !== undefined) event.locationCity = city;
      if (country !== undefined) event.locationCountry = country;
      if (registrationQuestions !== undefined) event.registrationQuestions = registrationQuestions;
      if (hosts !== undefined) event.lumaHosts = hosts;
      const isNews = before.url !== event.url && before.url !== null;
      if (isNews) note(eventId, 'observed', `Changed at Luma: url (seen by ${via}).`);
      return isNews;
    },

    storeTags(holder, { eventId, base, taken }) {
      operations.assertOwner(holder);
      const event = tables.events.get(eventId);
      if (taken !== undefined && event?.revision !== taken.revision) return false;
      if (taken !== undefined && event !== undefined) event.tags = taken.tags;
      linkOf(eventId).tagsBase = toJsonb(base);
      return true;
    },

    import(holder, imported) {
      operations.assertOwner(holder);
      const links = [...tables.eventLinks.values()];
      if (links.some((link) => link.lumaEventId === imported.lumaEventId)) return null;
      const isSlugTaken = links.some((link) => imported.slug !== null && link.slug === imported.slug);
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
        tags: [],
        url: imported.url,
        stated: null,
      });
      tables.eventLinks.set(id, {
        ...newLink(),
        calendarId: imported.calendarId,
        lumaEventId: imported.lumaEventId,
        lumaCreatedAt: imported.lumaCreatedAt,
        slug: isSlugTaken ? null : imported.slug,
        pushedRevision: 1,
        base: toJsonb(imported.base),
        observedAt: imported.observedAt,
        checkedAt: imported.observedAt,
        state: 'pulled',
      });
      note(id, 'observed', `First seen at Luma (by ${imported.via}).`);
      return id;
    },

    markSourceDeleted(holder, { eventId, cancelled, via, observedAt }) {
      operations.assertOwner(holder);
      const link = tables.eventLinks.get(eventId);
      const event = tables.events.get(eventId);
      let isChanged = false;
      if (link !== undefined && link.state !== 'source_deleted') {
        Object.assign(link, { state: 'source_deleted', checkedAt: observedAt, observedAt });
        isChanged = true;
      }
      if (cancelled && event !== undefined && event.approval !== 'cancelled') {
        event.approval = 'cancelled';
        isChanged = true;
      }
      if (isChanged) note(eventId, 'observed', `${cancelled ? 'Cancelled at Luma' : 'Gone at Luma'} (seen by ${via}).`);
    },

    noteLumaCreatedAt(holder, { eventId, lumaCreatedAt }) {
      operations.assertOwner(holder);
      linkOf(eventId).lumaCreatedAt ??= lumaCreatedAt;
    },

    markIdReused(holder, { eventId, via, observedAt }) {
      operations.assertOwner(holder);
      const link = linkOf(eventId);
      if (link.lumaEventId === null) return;
      if (link.state === 'source_deleted' && link.lastError?.code === 'event.id_reused') return;
      const lastError = { code: 'event.id_reused', message: `Luma's ${link.lumaEventId} is another event now` };
      Object.assign(link, { state: 'source_deleted', checkedAt: observedAt, observedAt, lastError });
      note(eventId, 'observed', `${link.lumaEventId} is another event now (seen by ${via}).`);
    },

    touchChecked(eventIds, at) {
      for (const eventId of eventIds) {
        const link = tables.eventLinks.get(eventId);
        if (link === undefined) continue;
        if (link.checkedAt === null || link.checkedAt.getTime() < at.getTime() - 60_000) link.checkedAt = at;
      }
    },
  };
}

const newLink = (): EventLinkRow => ({
  calendarId: '',
  lumaEventId: null,
  lumaCreatedAt: null,
  slug: null,
  createAskedAt: null,
  pushedRevision: 0,
  base: null,
  observedAt: null,
  state: 'pending_push',
  checkedAt: null,
  guestsPulledAt: null,
  lastError: null,
});

function write(event: EventRow, changes: EventRecordChanges): void {
  Object.assign(event, changes);
}

/** As `markPushFailed`. */
export function markPushFailed(tables: Tables, eventId: string, error: { code: string; message: string }): void {
  const link = tables.eventLinks.get(eventId);
  if (link?.state === 'pending_push' || link?.state === 'push_failed')
    Object.assign(link, { state: 'push_failed', lastError: error });
  tables.note({ recordType: 'event', recordId: eventId, kind: 'decided', message: `Push given up: ${error.message}` });
}
