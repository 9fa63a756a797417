import type { Environment } from '../environment/open-environment.js';
import { listDeadLetters } from '../environment/parked.js';
import { patiently } from '../environment/patience.js';
import type { Load } from '../plan/load.js';
import { eventKey } from '../plan/names.js';
import { waitForCalm } from './calm.js';
import { bringSchedulesForward } from './schedules.js';

const PATIENCE_MS = 30_000;

export interface AtRest {
  /** Dead letters that a person has to settle; docs/failure-modes.md says so. */
  leftToPerson: string[];
  /** Dead letters that should not exist. */
  deadLetters: string[];
  stillOpen: string[];
}

/** Codes that the project leaves to a person on purpose: a repeat could be a second mail. */
const FOR_A_PERSON = new Set(['mail.key_reused', 'mail.outcome_unknown_withdrawn']);

/**
 * Waits until both sides are at rest. Nothing is replayed. The schedules have their turn, and the app pulls the guests
 * of events with coupons, as it does regularly: a scheduled pull gives nobody a code.
 */
export async function waitForRest(
  load: Load,
  environment: Environment,
  calmLimitMs: number,
  signal: AbortSignal,
): Promise<AtRest> {
  const { app, sql } = environment;
  let stillOpen = await waitForCalm(environment, calmLimitMs, signal);
  if (stillOpen.length === 0 && !signal.aborted) {
    await bringSchedulesForward(environment);
    for (const { number, role } of load.events)
      if (role === 'coupons') await patiently(() => app.guests.pull(eventKey(number)), { limitMs: PATIENCE_MS });
    stillOpen = await waitForCalm(environment, calmLimitMs, signal);
  }
  const rest: AtRest = { leftToPerson: [], deadLetters: [], stillOpen };
  for (const { job, code, message } of await listDeadLetters(sql)) {
    const line = `${job} was given up: ${code}: ${message}`;
    (FOR_A_PERSON.has(code) ? rest.leftToPerson : rest.deadLetters).push(line);
  }
  return rest;
}
