import { compareFollowed, eventLinks, type FollowedColumns, ruleOfOwner, toFollowedColumns } from '@luma-sync/domain';
import type { EventTable, InMemoryEvents } from './event-table.js';
import type { EventRow } from './tables.js';

/** What an observation of an event stores. */
export function observationsOfEvents(
  table: EventTable,
): Pick<InMemoryEvents, 'storeObservation' | 'storeFollowed' | 'storeTags' | 'noteLumaCreatedAt' | 'touchChecked'> {
  const { tables, operations, time } = table;
  return {
    storeObservation(holder, merged) {
      operations.assertOwner(holder);
      const { eventId, via, trigger } = merged;
      const event = tables.events.get(eventId);
      if (event?.revision !== merged.revision) return false;
      Object.assign(event, merged.take);
      table.change(eventId, () => eventLinks.recordObservation(merged, time.date()));
      for (const { field, base = null, ours = null, theirs = null, kept } of merged.conflicts) {
        const conflict = { base, ours, theirs, rule: ruleOfOwner(kept), resolution: kept };
        tables.conflicts.push({ recordType: 'event', recordId: eventId, field, ...conflict });
        table.note(eventId, 'decided', `Both sides changed ${field}: ${kept} stays.`);
      }
      if (merged.takenFields.length > 0)
        table.note(eventId, 'observed', `Changed at Luma: ${merged.takenFields.join(', ')} (seen by ${via}).`);
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
      if (news.length > 0) table.note(eventId, 'observed', `Changed at Luma: ${news.join(', ')} (seen by ${via}).`);
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
      table.change(eventId, () => recorded.link);
      return true;
    },

    noteLumaCreatedAt(holder, { eventId, lumaCreatedAt }) {
      operations.assertOwner(holder);
      table.change(eventId, (link) => eventLinks.recordCreatedAt(link, lumaCreatedAt));
    },

    touchChecked(eventIds, at) {
      for (const eventId of eventIds) table.change(eventId, (link) => eventLinks.recordCheck(link, at));
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
