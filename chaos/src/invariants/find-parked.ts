import type { SyncError } from '@luma-sync/client';
import { emailOf, eventKey } from '../plan/names.js';
import { jobOf, type Poison } from '../plan/poison.js';
import type { SeenParked } from '../play/parked-watch.js';
import type { OurEvent } from './read-sides.js';

/** What is known of the poison at the end of a run. */
export interface PoisonTrace {
  /** Of processes that ended because of it, in milliseconds since the epoch, the oldest first. */
  deathsAt: readonly number[];
  /** Every operation that was parked at any time. */
  parked: readonly SeenParked[];
  /** The app's ids of the events for which an operation of the poison's kind was done. */
  done: readonly string[];
  /** What the API says of the record that cannot be pushed. */
  lastError: SyncError | null;
}

/** Counted from the first process that the poison killed. */
const PARKED_WITHIN_MS = 600_000;

/**
 * What should not be parked, and what the poison did to others.
 *
 * @param poison Null: the run has none, and nothing may be parked.
 * @returns `parked`: every operation that was parked and is not the poison. `poison`: what is wrong with the poison
 *   itself and with the operations beside it.
 */
export function findParked(poison: Poison | null, trace: PoisonTrace): { parked: string[]; poison: string[] } {
  const itself = trace.parked.find((parked) => isPoison(parked, poison));
  const innocents = (poison?.innocents ?? []).map(eventKey);
  return {
    parked: trace.parked
      .filter((parked) => !isPoison(parked, poison))
      .map(({ id, job, externalId, code }) => {
        const beside = innocents.includes(externalId ?? '') ? ', which was beside the poison,' : '';
        return `${job} ${id} of ${externalId ?? 'no event of the app'}${beside} was parked: ${code}`;
      }),
    poison: poison === null ? [] : findPoison(itself, innocents, trace),
  };
}

const isPoison = ({ job, externalId }: SeenParked, poison: Poison | null): boolean =>
  poison !== null && job === jobOf(poison) && externalId === eventKey(poison.event);

/** What the API says of the poison's event or guest. */
export function findLastError(poison: Poison | null, ours: readonly OurEvent[]): SyncError | null {
  const our = ours.find(({ event }) => poison !== null && event.externalId === eventKey(poison.event));
  if (poison?.target === 'event') return our?.event.sync.lastError ?? null;
  return our?.rsvps.find(({ email }) => email === emailOf(poison?.person ?? ''))?.sync.lastError ?? null;
}

function findPoison(itself: SeenParked | undefined, innocents: readonly string[], trace: PoisonTrace): string[] {
  const { deathsAt, done } = trace;
  const [firstDeathAt] = deathsAt;
  const lines: string[] = [];
  if (firstDeathAt === undefined) lines.push('it killed no process: the run shows nothing about it');
  if (itself === undefined) lines.push(`it was not parked after ${deathsAt.length} deaths`);
  else if (firstDeathAt !== undefined && itself.at - firstDeathAt > PARKED_WITHIN_MS)
    lines.push(`it was parked ${Math.round((itself.at - firstDeathAt) / 1_000)} s after its first death`);
  if (itself !== undefined && (trace.lastError?.nextTryAt ?? null) === null)
    lines.push('its record does not say why it is late and when it is tried again');
  const missing = innocents.filter((key) => !done.includes(key));
  const some = missing.slice(0, 5).join(', ');
  if (missing.length > 0)
    lines.push(`${missing.length} of ${innocents.length} operations beside it were not done: ${some}`);
  return lines;
}
