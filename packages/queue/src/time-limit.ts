/**
 * @throws {Error} when `work` has not ended within `limitMs`; the work itself goes on, and what it does later is not
 *   waited for.
 */
export async function withTimeLimit<T>(work: Promise<T>, limitMs: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} has not ended after ${limitMs} ms`)), limitMs);
  });
  // The loser of the race still has a handler: a late failure must not count as unhandled.
  work.catch(() => {});
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
