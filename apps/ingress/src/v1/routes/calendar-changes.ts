import type { CalendarRecord } from '@luma-sync/store';

/** Never kept by value. An iCal address often holds a token. */
const SECRET = new Set(['apiKey', 'webhookSecret', 'icalUrl']);

/**
 * What a body changes of a calendar, field by field, as the audit log keeps it: `{ from, to }`, of a secret only `set`
 * or `removed`.
 */
export function toCalendarChanges(body: object, before: CalendarRecord | null): Record<string, unknown> {
  const known: Record<string, unknown> = before === null ? {} : { ...before, routing: toRouting(before) };
  const changed = Object.entries(body).filter(
    ([name, to]) =>
      to !== undefined && (SECRET.has(name) || JSON.stringify(to) !== JSON.stringify(known[name] ?? null)),
  );
  return Object.fromEntries(
    changed.map(([name, to]) => {
      if (SECRET.has(name)) return [name, to === null ? 'removed' : 'set'];
      return [name, before === null ? { to } : { from: known[name] ?? null, to }];
    }),
  );
}

function toRouting({
  routingLat: lat,
  routingLng: lng,
  routingRadiusKm: radiusKm,
  routingPriority: priority,
}: CalendarRecord) {
  return lat === null || lng === null || radiusKm === null ? null : { lat, lng, radiusKm, priority };
}
