import { JobError } from '@luma-sync/jobs';
import type { LumaApi } from '@luma-sync/luma-client';

const REFUSALS = new Set(['luma.auth_failed', 'luma.plan_inactive']);

/** The same API, telling of every answer in which Luma refuses the key itself. What a call throws or yields is unchanged. */
export function watchRefusals(api: LumaApi, onRefusal: (error: JobError) => Promise<void>): LumaApi {
  const note = async (error: unknown): Promise<void> => {
    // Not knowing the status must not hide the refusal that is on its way to the caller.
    if (error instanceof JobError && REFUSALS.has(error.code)) await onRefusal(error).catch(() => {});
  };
  return new Proxy(api, {
    get(target, name, receiver) {
      const method: unknown = Reflect.get(target, name, receiver);
      if (typeof method !== 'function') return method;
      return (...args: unknown[]) => {
        const result: unknown = method.apply(target, args);
        if (result instanceof Promise) {
          return result.catch(async (error: unknown) => {
            await note(error);
            throw error;
          });
        }
        return isGenerator(result) ? watchListing(result, note) : result;
      };
    },
  });
}

type Listing = AsyncGenerator<unknown, { error?: unknown } | undefined, undefined>;

function isGenerator(value: unknown): value is Listing {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

/** A listing does not throw what a page failed with: its end carries it. */
async function* watchListing(listing: Listing, note: (error: unknown) => Promise<void>): Listing {
  const end = yield* listing;
  await note(end?.error);
  return end;
}
