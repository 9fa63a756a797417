import type { Environment } from '../environment/open-environment.js';
import { eventKey } from '../plan/names.js';
import { jobOf, type Poison } from '../plan/poison.js';
import type { RecoveryWatch } from './recovery.js';

/**
 * Tells the deaths that the poison causes from others, and lets the recovery of what ran beside it be measured.
 *
 * @returns `count`: operations that the process ran which the poison killed first, itself included.
 */
export function watchPoison(
  { supervisor, preload }: Pick<Environment, 'supervisor' | 'preload'>,
  recovery: Pick<RecoveryWatch, 'noteKilled'>,
): { readonly count: number | null } {
  const beside: { count: number | null } = { count: null };
  supervisor.onEndedByItself = (ended) => {
    const deaths = preload.deaths();
    if (!deaths.some(({ pid }) => pid === ended.pid)) return false;
    void recovery.noteKilled(ended).then((count) => {
      if (deaths[0]?.pid === ended.pid) beside.count = count;
    });
    return true;
  };
  return beside;
}

/** The app's ids of the events beside the poison for which an operation of its kind was done. */
export async function listDone({ sql }: Pick<Environment, 'sql'>, poison: Poison): Promise<string[]> {
  const rows = await sql.rows<{ key: string }>(
    `select distinct e.external_id as key from operations o join events e on e.id = o.event_id
     where o.job = $1 and o.state = 'done' and e.external_id = any($2)`,
    [jobOf(poison), poison.innocents.map(eventKey)],
  );
  return rows.map(({ key }) => key);
}
