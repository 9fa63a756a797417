/**
 * A worker process to which something happens at a chosen place.
 *
 * Environment: what a worker needs, and
 * - STEER_QUEUE `events | guests`.
 * - STEER_AT: number or name of a boundary of an effect (before or after a write to our database, or a request to
 *   Luma), 0 for none. There it gets STEER_SIGNAL, `SIGKILL` or `SIGSTOP`, once. `before the last check` is the moment
 *   before the lease is checked and the bytes go out.
 * - STEER_DEAF `true`: handlers never end and pay no attention to their signal.
 * - STEER_EARNEST `true`: the times of production.
 *
 * Prints `effect <number> <name>` for each boundary it passes. SIGUSR2 makes its fetching hang, as if an answer of
 * Redis never came.
 */

import { eventWorker } from '../../apps/event-worker/dist/index.js';
import { guestWorker } from '../../apps/guest-worker/dist/index.js';
import { parseConfig } from '../../packages/runtime/dist/index.js';
import { startWorker, workerEnvironment } from '../../packages/worker/dist/index.js';

const { STEER_AT: steerAt = '0', STEER_SIGNAL: signal = 'SIGKILL' } = process.env;
const isDeaf = process.env.STEER_DEAF === 'true';
let hasHappened = false;
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
  'markDeclinedAtLuma',
  'markFailed',
  'noteAsked',
  'takeBackAsked',
]);

function boundary(name) {
  passed += 1;
  process.stdout.write(`effect ${passed} ${name}\n`);
  happen(String(passed));
  happen(name);
}

function happen(place) {
  if (place !== steerAt || hasHappened) return;
  hasHappened = true;
  process.stdout.write(`${signal} ${place}\n`);
  process.kill(process.pid, signal);
}

/** Handlers whose lease is checked after whatever is to happen at that moment. */
function watchChecks(handlers) {
  const watched = ([name, handler]) => [
    name,
    (payload, ctx) => {
      if (isDeaf) {
        process.stdout.write(`deaf to ${ctx.operationId}\n`);
        return new Promise(() => {});
      }
      return handler(payload, {
        ...ctx,
        assertLease: () => {
          happen('before the last check');
          ctx.assertLease();
        },
      });
    },
  ];
  return Object.fromEntries(Object.entries(handlers).map(watched));
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

const isGuests = process.env.STEER_QUEUE === 'guests';
const base = isGuests ? guestWorker : eventWorker;
// Short times, so that a take-over does not take the test's time. Their proportions are those of production.
const short = { settings: { leaseMs: 2_000 }, takeOver: { lockMs: 2_000, renewMs: 700, lookMs: 500 } };
const running = await startWorker(
  { ...base, handlers: (parts, log) => watchChecks(base.handlers(watchParts(parts), log)) },
  parseConfig(workerEnvironment, process.env),
  process.env.STEER_EARNEST === 'true' ? {} : short,
);
process.on('SIGUSR2', () => {
  running.worker.worker.getBackend().moveToActive = () => new Promise(() => {});
});
process.stdout.write(`health at ${running.health.port}\n`);
