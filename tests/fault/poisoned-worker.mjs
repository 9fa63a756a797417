/**
 * An event worker whose handlers do what a test says, as a process of its own. Environment: what a worker needs, and
 * - POISON: ids of events whose push ends the process.
 * - POISON_BY `SIGKILL | exception | block | freeze`: how. `block` computes for BLOCK_MS of processor time; `freeze`
 *   stops the process.
 * - INNOCENT_MS: how long the push of any other event takes.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { eventWorker } from '../../apps/event-worker/dist/index.js';
import { parseConfig } from '../../packages/runtime/dist/index.js';
import * as workers from '../../packages/worker/dist/index.js';

const { POISON = '', POISON_BY = 'SIGKILL', BLOCK_MS = '0', INNOCENT_MS = '300' } = process.env;
const poison = new Set(POISON.split(','));

const STRIKES = {
  SIGKILL: () => process.kill(process.pid, 'SIGKILL'),
  freeze: () => process.kill(process.pid, 'SIGSTOP'),
  // As when a callback throws that should have ended the handler.
  exception: () =>
    new Promise(() => {
      setTimeout(() => {
        throw new Error('nobody handles this');
      });
    }),
  block: () => {
    const begun = process.cpuUsage();
    while (process.cpuUsage(begun).user < Number(BLOCK_MS) * 1_000);
  },
};

const app = {
  ...eventWorker,
  handlers: () => ({
    'event.push': async ({ eventId }, ctx) => {
      process.stdout.write(`began ${eventId}${ctx.isAlone ? ' alone' : ''}\n`);
      await pause(Number(INNOCENT_MS) / 2);
      if (poison.has(eventId)) await STRIKES[POISON_BY]();
      await pause(Number(INNOCENT_MS) / 2, undefined, { signal: ctx.signal });
      ctx.assertLease();
      return { kind: 'done', details: {} };
    },
  }),
};

const config = parseConfig(workers.workerEnvironment, process.env);
const times = { settings: { leaseMs: 2_000 }, takeOver: { lockMs: 2_000, renewMs: 700, lookMs: 500 } };
if (workers.findAloneApp?.() === app.name) await workers.runAlone(app, config, { leaseMs: 4_000 });
else {
  await workers.startWorker(app, config, {
    ...times,
    main: fileURLToPath(import.meta.url),
    laneTimes: { pollMs: 200, troubleMs: 500 },
  });
  process.stdout.write('started\n');
}
