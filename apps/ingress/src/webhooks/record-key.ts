/** What may name a record: anything longer or stranger than Luma's ids is not trusted as one. */
const LUMA_ID = /^[\w.:-]{1,200}$/;

/**
 * The record a delivery speaks of: Luma's id of the event. Deliveries with the same key are applied one after the
 * other.
 *
 * @param data The `data` of the body, unchecked.
 * @returns null when it names no event; the delivery then stands for itself.
 */
export function toRecordKey(type: string, data: unknown): string | null {
  const record = asRecord(data);
  const isAboutEvent = type.startsWith('event.') || type.startsWith('calendar.event.');
  const owner = isAboutEvent ? record : asRecord(record.event);
  const id = owner.id ?? owner.api_id ?? (isAboutEvent ? undefined : (record.event_id ?? record.event_api_id));
  return typeof id === 'string' && LUMA_ID.test(id) ? id : null;
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
