import { eventLinks } from '@luma-sync/domain';
import { type EventTable, type InMemoryEvents, toJsonColumns } from './event-table.js';

/** How an event that began at Luma becomes a record. */
export function importsOfEvents(table: EventTable): Pick<InMemoryEvents, 'import'> {
  const { tables, operations } = table;
  return {
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
      table.note(id, 'observed', `First seen at Luma (by ${imported.via}).`);
      return id;
    },
  };
}
