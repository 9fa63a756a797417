import type { LumaApi } from '@luma-sync/luma-client';
import type { Deps } from './sync-deps.js';
import type { SyncWorld } from './sync-world.js';

/** Before a request leaves, as for its slot; or when its answer has come and the run has not seen it. */
export type Where = 'slot' | 'answer';

export interface StoppedRun {
  /** For the run that is to stop. */
  deps: Deps;
  /** Resolves when the run stands still. */
  reached: Promise<void>;
  goOn(): void;
}

function toSignal() {
  let give = (): void => {};
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give };
}

/** Stops a run at its first request of this kind, and at no other. */
export async function stopAt(
  world: SyncWorld,
  method: 'listAllGuests' | 'findGuest' | 'findEvent' | 'waitForSlot',
  where: Where,
): Promise<StoppedRun> {
  const reached = toSignal();
  const goOn = toSignal();
  const account = await world.deps.luma.open(world.calendarId);
  let isFirst = true;
  const stop = async (at: Where): Promise<void> => {
    if (at !== where || !isFirst) return;
    isFirst = false;
    reached.give();
    await goOn.given;
  };
  async function* list(...args: Parameters<LumaApi['listAllGuests']>) {
    const listing = account.api.listAllGuests(...args);
    for (;;) {
      await stop('slot');
      const step = await listing.next();
      await stop('answer');
      if (step.done === true) return step.value;
      yield step.value;
    }
  }
  const request = async (...args: unknown[]) => {
    await stop('slot');
    const answer: unknown = await Reflect.apply(account.api[method], account.api, args);
    await stop('answer');
    return answer;
  };
  const api = new Proxy(account.api, {
    get: (target, name, receiver) => {
      if (name === method) return method === 'listAllGuests' ? list : request;
      return Reflect.get(target, name, receiver);
    },
  });
  const deps: Deps = { ...world.deps, luma: { open: async () => ({ ...account, api }) } };
  return { deps, reached: reached.given, goOn: goOn.give };
}
