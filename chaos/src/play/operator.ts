import type { Load } from '../plan/load.js';
import { eventKey } from '../plan/names.js';
import type { World } from '../world/open-world.js';
import { patiently } from '../world/patience.js';
import { waitForCalm } from './calm.js';

const PATIENCE_MS = 30_000;
/** What an operator looks at twice did not end by itself. */
const ROUNDS = 3;

export interface Operated {
  /** Set aside after three deaths of their process, as promised, and run again by hand. */
  replayed: number;
  /** Dead letters that a person has to settle; docs/failure-modes.md says so. */
  leftToPerson: string[];
  /** Dead letters that should not exist. */
  deadLetters: string[];
  stillOpen: string[];
}

/** Codes that the project leaves to a person on purpose: a repeat could be a second mail. */
const FOR_A_PERSON = new Set(['mail.key_reused', 'mail.outcome_unknown_withdrawn']);

/**
 * What an operator does after a bad hour: waits, runs again what was set aside because its process died three times, and lists anew what lost
 * webhooks would have told.
 */
export async function operate(load: Load, world: World, calmLimitMs: number, signal: AbortSignal): Promise<Operated> {
  const { app, calendarId } = world;
  const ask = (attempt: () => Promise<unknown>) => patiently(attempt, { limitMs: PATIENCE_MS });
  const operated: Operated = { replayed: 0, leftToPerson: [], deadLetters: [], stillOpen: [] };
  operated.stillOpen = await waitForCalm(world, calmLimitMs, signal);
  for (let round = 0; round < ROUNDS && operated.stillOpen.length === 0; round += 1) {
    const crashed = (await findDeadLetters(world)).filter(isCrashed);
    for (const { id } of crashed) await ask(() => app.operations.retry(id));
    operated.replayed += crashed.length;
    if (round === 0) {
      await ask(() => app.calendars.pull(calendarId));
      await ask(() => app.driftChecks.start(calendarId));
      for (const { number } of load.events) await ask(() => app.guests.pull(eventKey(number)));
    } else if (crashed.length === 0) break;
    operated.stillOpen = await waitForCalm(world, calmLimitMs, signal);
  }
  for (const { job, code, message } of await findDeadLetters(world)) {
    const line = `${job} was given up: ${code}: ${message}`;
    if (FOR_A_PERSON.has(code)) operated.leftToPerson.push(line);
    else operated.deadLetters.push(line);
  }
  return operated;
}

const isCrashed = ({ code }: DeadLetter): boolean => code === 'operation.crashed';

interface DeadLetter {
  id: string;
  job: string;
  code: string;
  message: string;
}

/** Those that nobody has replayed. */
function findDeadLetters({ sql }: World): Promise<DeadLetter[]> {
  return sql.rows(
    `select o.id, o.job, coalesce(o.error_code, 'no code') as code, coalesce(o.error_message, '') as message
     from operations o where o.state = 'failed' and not exists (select 1 from operations r where r.replay_of = o.id)`,
  );
}
