export class TimeLimitError extends Error {
  override readonly name = 'TimeLimitError';
  readonly code = 'time_limit';
}

/**
 * The result of `work`, or a `TimeLimitError` when it takes longer. The work itself goes on: give it a signal as well.
 */
export async function withTimeLimit<T>(work: Promise<T>, limitMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TimeLimitError(`not done after ${limitMs} ms`)), limitMs);
  });
  // The loser of the race still has a handler: a late failure must not count as unhandled.
  work.catch(() => {});
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
