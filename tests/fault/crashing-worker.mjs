/**
 * A worker process that dies by SIGKILL at the n-th boundary of an effect: before or after a write to our database, or a request to Luma.
 *
 * Environment: what a worker needs, and CRASH_QUEUE `events | guests`, CRASH_AT: number of the boundary, 0 for never.
 * Prints `effect <number> <name>` for each boundary it passes.
 */

import { eventWorker, toEventHandlers } from '../../apps/event-worker/dist/index.js';
import { guestWorker, toGuestHandlers } from '../../apps/guest-worker/dist/index.js';
import { parseConfig } from '../../packages/runtime/dist/index.js';
import { startWorker, workerEnvironment } from '../../packages/worker/dist/index.js';

const crashAt = Number(process.env.CRASH_AT ?? 0);
let passed = 0;

/** Effects of a push; reads of our own database change nothing and are left out. */
const STORE_EFFECTS = new Set([
  'reserveSlug',
  'attach',
  'confirmPush',
  'storeObservation',
  'applyGuests',
  'markAsked',
  'countConfirmTry',
  'markAccepted',
  'markSettled',
  'markDeclinedThere',
  'markFailed',
  'noteAsked',
  'takeBackAsked',
]);

function boundary(name) {
  passed += 1;
  process.stdout.write(`effect ${passed} ${name}\n`);
  if (passed === crashAt) process.kill(process.pid, 'SIGKILL');
}

function watch(part, isEffect) {
  return new Proxy(part, {
    get(target, name, receiver) {
      const method = Reflect.get(target, name, receiver);
      if (typeof method !== 'function' || !isEffect(name)) return method;
      return async (...args) => {
        boundary(`before ${String(name)}`);
        const result = await method.apply(target, args);
        boundary(`after ${String(name)}`);
        return result;
      };
    },
  });
}

function watchParts(parts) {
  const isStoreEffect = (name) => STORE_EFFECTS.has(name);
  return {
    ...parts,
    events: watch(parts.events, isStoreEffect),
    rsvps: watch(parts.rsvps, isStoreEffect),
    luma: {
      open: async (calendarId) => {
        const account = await parts.luma.open(calendarId);
        // Listings are generators and cannot be told apart by a promise; the single requests are what matters here.
        return { ...account, api: watch(account.api, (name) => !String(name).startsWith('listAll')) };
      },
    },
  };
}

const isGuests = process.env.CRASH_QUEUE === 'guests';
const base = isGuests ? guestWorker : eventWorker;
const toHandlers = isGuests ? toGuestHandlers : toEventHandlers;
await startWorker(
  { ...base, handlers: (parts) => toHandlers(watchParts(parts)) },
  parseConfig(workerEnvironment, process.env),
  // Short times, so that a take-over does not take the test's time. Their proportions are those of production.
  { settings: { leaseMs: 2_000 }, takeOver: { lockMs: 2_000, lookMs: 500 } },
);
