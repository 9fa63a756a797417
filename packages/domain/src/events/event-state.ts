/**
 * The part of an event that both sides hold, in our words. Our row, Luma's answer and the stored base are all read into
 * this shape before anything is compared.
 *
 * On the side of Luma a field may be absent: Luma's lists carry no description, no read carries the capacity. Absent
 * means *unknown*, never "emptied".
 */
export interface EventState {
  title: string;
  /** Markdown; null for none. */
  description: string | null;
  /** `YYYY-MM-DDTHH:mm:ss.sssZ` */
  startsAt: string;
  endsAt: string;
  /** IANA name. */
  timezone: string;
  /** One line; null for none. */
  address: string | null;
  /** Degrees; null for none. One field, so that a merge never mixes two places. */
  coordinate: { lat: number; lng: number } | null;
  meetingUrl: string | null;
  visibility: EventVisibility;
  capacity: number | null;
  /**
   * Where the cover is: on our side wherever the app has it, on Luma's side always on Luma's own image host. Null for
   * none.
   */
  cover: string | null;
}

export type EventVisibility = 'public' | 'members-only' | 'private';
export type EventField = keyof EventState;
export type ObservedEventState = Partial<EventState>;

/**
 * Who may change a field when both sides did: the side an event began on, for every field so far. Capacity is ours
 * alone, since Luma does not show it on reads.
 */
export const EVENT_FIELDS = [
  'title',
  'description',
  'startsAt',
  'endsAt',
  'timezone',
  'address',
  'coordinate',
  'meetingUrl',
  'visibility',
  'capacity',
  'cover',
] as const satisfies readonly EventField[];
