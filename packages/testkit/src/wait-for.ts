import { setTimeout as pause } from 'node:timers/promises';

const pollMs = 15;

/**
 * Waits until a condition gives something other than false, null or undefined, and returns it. A condition that throws
 * has not come true yet.
 *
 * @param what Ends the sentence "waited … ms for": what the test was hoping for.
 * @throws After `limitMs` (default 30 s: it ends what hangs, also on a busy machine), with what was waited for and the
 *   last error or value seen.
 */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  { what, limitMs = 30_000 }: { what: string; limitMs?: number },
): Promise<Exclude<T, false | null | undefined>> {
  const giveUpAt = performance.now() + limitMs;
  let seen: unknown;
  do {
    try {
      const value = await condition();
      if (value !== false && value !== null && value !== undefined)
        return value as Exclude<T, false | null | undefined>;
      seen = value;
    } catch (error) {
      seen = error;
    }
    await pause(pollMs);
  } while (performance.now() < giveUpAt);
  throw new Error(`waited ${limitMs} ms for ${what}; last seen: ${String(seen)}`, { cause: seen });
}
