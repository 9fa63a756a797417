import { Crash, type Deps, type SyncWorld } from './sync-world.js';

/** Dependencies of a process that dies right after the `dieAt`-th of its reads, writes and requests has done its work. */
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
    events: { ...dying(events), withEvent: events.withEvent, find: events.find },
    luma: {
      open: async (calendarId) => {
        const account = await luma.open(calendarId);
        return { ...account, api: dying(account.api) };
      },
    },
  };
}
