import {
  type Base,
  EVENT_FIELDS,
  type EventState,
  type FieldConflict,
  isSameEventField,
  type ObservedEventState,
} from '@luma-sync/domain';

export interface AdoptionPlan {
  /** Luma's values for what ours left empty. */
  take: Partial<EventState>;
  /** Ours, for what Luma lacks or has otherwise. */
  send: Partial<EventState>;
  /** Both have their own value: there is no base that could tell who changed it. */
  conflicts: FieldConflict<EventState>[];
  /** Written so that exactly `send` is left for the next push, as a repeat, which lets nobody be mailed. */
  base: Base<EventState>;
}

/**
 * Decides how two records of one event come together. Nobody's text is emptied: what one side lacks it gets from the
 * other. Where both have their own, ours stays, since it is the app that speaks for its event now; except who may see
 * it, where Luma's stays: an app that states nothing means "public", and adopting an event must not publish it.
 */
export function planAdoption(ours: EventState, observed: ObservedEventState): AdoptionPlan {
  const base = { ours: { ...ours } as Record<string, unknown>, luma: {} as Record<string, unknown> };
  const take: Record<string, unknown> = {};
  const send: Record<string, unknown> = {};
  const conflicts: AdoptionPlan['conflicts'] = [];
  for (const field of EVENT_FIELDS) {
    const our = ours[field];
    const their = observed[field];
    if (their !== undefined) base.luma[field] = their;
    if (their !== undefined && isSameEventField(field, our, their)) continue;
    // A place is one thing: our address does not get Luma's spot on the map.
    const isOtherPlace = field === 'coordinate' && 'address' in send;
    if (isEmpty(our)) {
      if (their === undefined || isOtherPlace) continue;
      take[field] = their;
      base.ours[field] = their;
      continue;
    }
    const kept = field === 'visibility' ? 'theirs' : 'ours';
    // The same picture has another address on Luma's image host.
    if (!isEmpty(their) && field !== 'cover') conflicts.push({ field, base: null, ours: our, theirs: their, kept });
    if (kept === 'theirs' && their !== undefined) {
      take[field] = their;
      base.ours[field] = their;
    } else {
      send[field] = our;
      base.ours[field] = their ?? null;
    }
  }
  return {
    take,
    send,
    conflicts,
    base: { ...base, ...(Object.keys(send).length === 0 ? {} : { asked: send }) } as unknown as Base<EventState>,
  };
}

const isEmpty = (value: unknown): boolean => value === null || value === undefined;
