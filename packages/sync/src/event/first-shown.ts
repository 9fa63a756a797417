import { type Base, EVENT_FIELDS, type EventState, type ObservedEventState } from '@luma-sync/domain';

/**
 * Luma gives an event a cover when none was asked for, and a value of its own to a field that it refused. The first
 * value that it shows of such a field is agreed, since nobody has changed it. Only a look after a lost answer meets
 * such a base: a create that ends well reads the event back.
 */
export function withFirstShown(
  base: Base<EventState>,
  asked: Base<EventState>['asked'],
  observed: ObservedEventState,
): Base<EventState> {
  const isFirst = (field: keyof EventState) =>
    base.luma[field] === undefined && asked?.[field] === undefined && observed[field] !== undefined;
  const fields = EVENT_FIELDS.filter(
    (field) => isFirst(field) && (field === 'cover' || base.notAtLuma?.[field] !== undefined),
  );
  if (fields.length === 0) return base;
  const shown = Object.fromEntries(fields.map((field) => [field, observed[field]]));
  return { ...base, luma: { ...base.luma, ...shown } };
}
