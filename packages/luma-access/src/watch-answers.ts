import type { LumaApi } from '@luma-sync/luma-client';

/** The same API, telling of every answer. What a call throws or yields is unchanged. */
export function watchAnswers(api: LumaApi, onAnswer: () => Promise<void>): LumaApi {
  // Not being able to note it must not cost the caller its answer.
  const note = (): Promise<void> => onAnswer().catch(() => {});
  return new Proxy(api, {
    get(target, name, receiver) {
      const method: unknown = Reflect.get(target, name, receiver);
      if (typeof method !== 'function') return method;
      return (...args: unknown[]) => {
        const result: unknown = method.apply(target, args);
        if (result instanceof Promise)
          return result.then(async (value: unknown) => {
            await note();
            return value;
          });
        return isListing(result) ? watchListing(result, note) : result;
      };
    },
  });
}

type Listing = AsyncGenerator<unknown, { error?: unknown } | undefined, undefined>;

const isListing = (value: unknown): value is Listing =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;

/** A listing does not throw what a page failed with: its end carries it. */
async function* watchListing(listing: Listing, note: () => Promise<void>): Listing {
  const end = yield* listing;
  if (end?.error === undefined) await note();
  return end;
}
