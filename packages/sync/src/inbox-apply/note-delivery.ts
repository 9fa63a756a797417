import type { WebhookParse } from '@luma-sync/luma-contract';
import type { NotedReading, StoredDelivery } from '@luma-sync/store';

export interface UnreadableNotes {
  note(calendarId: string, reading: NotedReading): Promise<void>;
}

/** Keeps what a delivery held that cannot be read. A delivery of a type nobody reads holds no record. */
export async function noteDelivery(
  { odd, ...parsed }: WebhookParse,
  { calendarId }: Pick<StoredDelivery, 'calendarId'>,
  notes: UnreadableNotes,
): Promise<void> {
  if (odd === null) return;
  const type = parsed.ok ? parsed.envelope.type : (parsed.type ?? '');
  const kind = type.startsWith('event.')
    ? 'event'
    : type.startsWith('guest.') || type.startsWith('ticket.')
      ? 'guest'
      : null;
  if (kind === null) return;
  await notes.note(calendarId, { kind, from: 'webhook', lumaEventId: eventIdOf(odd.raw), readIds: [], odd: [odd] });
}

/** A guest's delivery nests the event, or names its id. */
function eventIdOf(raw: unknown): string | null {
  const { event, event_id: eventId } = (raw ?? {}) as { event?: { id?: unknown } | null; event_id?: unknown };
  return [event?.id, eventId].find((id): id is string => typeof id === 'string') ?? null;
}
