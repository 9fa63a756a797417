import { setTimeout as pause } from 'node:timers/promises';
import type { LumaSyncClient } from '@luma-sync/client';
import { collect } from './collect.js';
import type { Luma } from './luma.js';
import type { Processes } from './processes.js';
import type { Screen } from './screen.js';

export interface Watched {
  app: LumaSyncClient;
  luma: Luma;
  processes: Processes;
  screen: Screen;
}

/**
 * Nothing may be in flight for this long before both sides count as calm: webhooks travel, and Luma works in the
 * background.
 */
const QUIET_MS = 2_500;

/**
 * Waits until no operation is open and no webhook is on its way, and shows how far things are meanwhile.
 *
 * @throws after `limitMs`, or when one of the processes has ended.
 */
export async function waitForCalm({ app, luma, processes, screen }: Watched, limitMs: number): Promise<void> {
  const giveUpAt = performance.now() + limitMs;
  let quietSince: number | null = null;
  while (performance.now() < giveUpAt) {
    if (processes.problem !== null) throw new Error(processes.problem);
    const [queued, running, counters, state, mails] = await Promise.all([
      collect(app.operations.all({ state: 'queued' })),
      collect(app.operations.all({ state: 'running' })),
      luma.counters(),
      luma.state(),
      luma.mails(),
    ]);
    const guests = state.events.reduce((sum, event) => sum + event.guests.length, 0);
    const open = queued.length + running.length;
    screen.progress(
      `${open} ${open === 1 ? 'operation' : 'operations'} open · Luma: ${state.events.length} events, ${guests} ` +
        `guests, ${counters.requests} requests · ${mails.length} mails`,
    );
    if (open > 0 || counters.webhooks.pending > 0) quietSince = null;
    else quietSince ??= performance.now();
    if (quietSince !== null && performance.now() - quietSince >= QUIET_MS) return;
    await pause(400);
  }
  throw new Error(`not calm after ${Math.round(limitMs / 1_000)} s: operations or webhooks are still open`);
}

/** Waits for a condition that real work will meet. @throws after `limitMs`. */
export async function waitUntil(what: string, limitMs: number, isMet: () => Promise<boolean>): Promise<void> {
  const giveUpAt = performance.now() + limitMs;
  while (performance.now() < giveUpAt) {
    if (await isMet()) return;
    await pause(250);
  }
  throw new Error(`${what}: not within ${Math.round(limitMs / 1_000)} s`);
}
