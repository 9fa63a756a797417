import {
  type Base,
  type Difference,
  type DifferenceReason,
  EVENT_FIELDS,
  type EventState,
  isSameEventField,
  type TagsBase,
  toEventState,
} from '@luma-sync/domain';
import type { Event, EventLink } from '../generated/client.js';
import { toSyncEvent, toSyncEventLink } from './event-records.js';
import { REGISTRATION } from './note-differences.js';

/** A field that Luma does not hold as we have it. */
export interface DifferenceView {
  /** As conflicts call it: `address`, `coordinate`, `meetingUrl`. */
  field: string;
  ours: unknown;
  /** What Luma holds; null where it holds nothing, or does not show the field. */
  luma: unknown;
  reason: DifferenceReason;
  /** Luma's own text of a refusal. */
  message: string | null;
}

/** An edit that is still to be pushed hides what was said of the value before it. */
export function toDifferenceViews(event: Event, link: EventLink): DifferenceView[] {
  const { base, tagsBase } = toSyncEventLink(link);
  return [...toFieldViews(event, base), ...toTagsView(event, tagsBase ?? null), ...toRegistrationView(event, link)];
}

function toTagsView({ tags }: Event, base: TagsBase | null): DifferenceView[] {
  if (base?.refused === undefined) return [];
  const { message } = base.refused;
  return [{ field: 'tags', ours: tags, luma: base.names, reason: 'refused', message }];
}

function toFieldViews(event: Event, base: Base<EventState> | null): DifferenceView[] {
  if (base?.notAtLuma === undefined) return [];
  const ours = toEventState(toSyncEvent(event));
  return EVENT_FIELDS.flatMap((field) => {
    const difference: Difference | undefined = base.notAtLuma?.[field];
    if (difference === undefined) return [];
    const isEdited = difference.why !== 'not_shown' && !isSameEventField(field, ours[field], base.ours[field]);
    if (isEdited) return [];
    const { why: reason, message = null } = difference;
    return [{ field, ours: ours[field], luma: base.luma[field] ?? null, reason, message }];
  });
}

function toRegistrationView(
  { approval, cancelMode }: Event,
  { registrationRefused: message }: EventLink,
): DifferenceView[] {
  if (message === null || cancelMode !== 'soft') return [];
  return [{ field: REGISTRATION, ours: approval !== 'cancelled', luma: null, reason: 'refused', message }];
}
