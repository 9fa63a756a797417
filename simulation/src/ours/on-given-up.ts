import { catalog, type Failure, type JobName, type PayloadOf } from '@luma-sync/jobs';
import type { VirtualTime } from '../virtual-time.js';
import { failEventPush } from './event-table.js';
import type { Operation } from './operations.js';
import { failDueRsvps } from './rsvp-store.js';
import type { Tables } from './tables.js';

/** The jobs that a simulated run has stores for. */
export const SIMULATED_JOBS = [
  'event.push',
  'event.pull',
  'calendar.pull',
  'inbox.apply',
  'rsvp.push',
  'guest.pull',
  'drift.check',
] as const satisfies readonly JobName[];

type SimulatedJob = (typeof SIMULATED_JOBS)[number];

interface Database {
  tables: Tables;
  time: VirtualTime;
}

/** The record shows no failure: the operation itself is all there is to see. */
const nothing = (): void => {};

/** As `onGivenUp` of the store. Parking changes nothing that a handler or an invariant reads. */
const onGivenUp: { [N in SimulatedJob]: (at: Database, payload: PayloadOf<N>, failure: Failure) => void } = {
  'event.push': ({ tables, time }, { eventId }, failure) => failEventPush(tables, time, eventId, failure),
  'event.pull': nothing,
  'calendar.pull': nothing,
  'inbox.apply': ({ tables }, { deliveryId }) => {
    const delivery = tables.deliveries.get(deliveryId);
    if (delivery !== undefined) delivery.state = 'failed';
  },
  'rsvp.push': ({ tables, time }, { eventId }, failure) => failDueRsvps(tables, time, eventId, failure),
  'guest.pull': nothing,
  'drift.check': nothing,
};

export function markGivenUp(at: Database, { job, payload }: Operation, failure: Failure): void {
  const mark = (onGivenUp as Partial<Record<JobName, unknown>>)[job] as
    | ((at: Database, payload: unknown, failure: Failure) => void)
    | undefined;
  mark?.(at, catalog[job].payload.parse(payload), failure);
}
