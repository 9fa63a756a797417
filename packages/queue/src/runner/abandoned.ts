import { type Outcome, RetryableError } from '@luma-sync/jobs';
import type { RunDeps } from './current-run.js';

export class Abandoned extends Error {
  readonly verdict = new RetryableError('operation.stuck', 'the run did not end when it was told to');
}

/** The handler's outcome, or `Abandoned` when it pays no attention to its signal. */
export async function untilAbandoned(
  running: Promise<Outcome>,
  signal: AbortSignal,
  { shutdown, settings: { abandonAfterMs, handBackAfterMs } }: Pick<RunDeps, 'shutdown' | 'settings'>,
): Promise<Outcome> {
  const isOver = new AbortController();
  const abandoned = new Promise<never>((_, reject) => {
    const after = (toldBy: AbortSignal, limitMs: number): void => {
      const watch = (): void => {
        const timer = setTimeout(() => reject(new Abandoned()), limitMs);
        isOver.signal.addEventListener('abort', () => clearTimeout(timer));
      };
      if (toldBy.aborted) watch();
      else toldBy.addEventListener('abort', watch, { signal: isOver.signal });
    };
    after(signal, abandonAfterMs);
    after(shutdown, handBackAfterMs);
  });
  try {
    return await Promise.race([running, abandoned]);
  } finally {
    isOver.abort();
  }
}
