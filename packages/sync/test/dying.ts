import type { LumaApi } from '@luma-sync/luma-client';
import { Crash } from './run-by-runner.js';
import type { Deps } from './sync-deps.js';
import type { SyncWorld } from './sync-world.js';

/**
 * Dependencies of a process that dies right after the `dieAt`-th of its reads, writes and requests has done its work.
 */
export function toDyingDeps(world: SyncWorld, dieAt: number): Deps {
  let passed = 0;
  const dying = <T extends object>(target: T): T =>
    new Proxy(target, {
      get(object, name, receiver) {
        const method: unknown = Reflect.get(object, name, receiver);
        if (typeof method !== 'function' || String(name).startsWith('listAll')) return method;
        return async (...args: unknown[]) => {
          const result: unknown = await method.apply(object, args);
          passed += 1;
          if (passed === dieAt) throw new Crash(String(name));
          return result;
        };
      },
    });
  const { luma, backfills, events } = world.deps;
  return {
    ...world.deps,
    backfills: dying(backfills),
    // Leases are given back by the death of the run, not of the call.
    events: { ...dying(events), withEvent: events.withEvent, withTags: events.withTags, find: events.find },
    luma: {
      open: async (calendarId) => {
        const account = await luma.open(calendarId);
        return { ...account, api: dying(account.api) };
      },
    },
  };
}

/** Writes to our database that a push makes; all requests to Luma count as well. */
const STORE_EFFECTS = new Set<string>([
  'reserveSlug',
  'attach',
  'noteAsked',
  'confirmPush',
  'storeObservation',
  'applyGuests',
  'markAsked',
  'markAccepted',
  'takeBackAsked',
  'countLook',
  'countConfirmTry',
  'markSettled',
  'markDeclinedAtLuma',
  'markFailed',
]);

export interface Effects {
  deps: Deps;
  /** Boundaries passed so far: two for each effect, before and after it. */
  passed: string[];
}

/**
 * The same dependencies, but at the n-th boundary of an effect the process dies: before it, or after it and before
 * anybody knows.
 */
export function dyingAt(deps: Deps, boundary: number): Effects {
  const passed: string[] = [];
  const pass = (name: string): void => {
    passed.push(name);
    if (passed.length === boundary) throw new Crash(name);
  };
  const watch = <T extends object>(target: T, isEffect: (name: string) => boolean): T =>
    new Proxy(target, {
      get(object, name, receiver) {
        const method: unknown = Reflect.get(object, name, receiver);
        if (typeof method !== 'function' || !isEffect(String(name))) return method;
        return async (...args: unknown[]) => {
          pass(`before ${String(name)}`);
          const result: unknown = await method.apply(object, args);
          pass(`after ${String(name)}`);
          return result;
        };
      },
    });
  const isStoreEffect = (name: string) => STORE_EFFECTS.has(name);
  return {
    passed,
    deps: {
      ...deps,
      events: watch(deps.events, isStoreEffect),
      rsvps: watch(deps.rsvps, isStoreEffect),
      luma: {
        open: async (calendarId) => {
          const account = await deps.luma.open(calendarId);
          return { ...account, api: watch<LumaApi>(account.api, (name) => !name.startsWith('listAll')) };
        },
      },
    },
  };
}
