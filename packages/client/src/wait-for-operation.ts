import { OperationFailedError, OperationPendingError } from './errors.js';
import type { Send } from './transport.js';
import type { Operation } from './types.js';

export interface WaitOptions {
  /** How long to wait in all. Default 60,000. */
  limitMs?: number;
  signal?: AbortSignal;
}

/** Most operations take moments; the later ones are looked at less often. */
const FIRST_PAUSE_MS = 150;
const PAUSE_MAX_MS = 2_000;

/**
 * Waits until an operation is done. One that was given up and run again is waited for as the operation that does.
 *
 * @throws {OperationFailedError} it failed or was discarded
 * @throws {OperationPendingError} it has not ended in time; it goes on
 */
export async function waitForOperation(
  send: Send,
  id: string,
  { limitMs = 60_000, signal }: WaitOptions = {},
): Promise<Operation> {
  const giveUpAt = performance.now() + limitMs;
  let awaited = id;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 1.6, PAUSE_MAX_MS)) {
    const { operation } = await send(
      'GET /v1/operations/{operationId}',
      [awaited],
      signal === undefined ? {} : { signal },
    );
    if (operation.state === 'done') return operation;
    if (operation.state === 'failed' || operation.state === 'discarded') throw new OperationFailedError(operation);
    awaited = operation.replayedBy ?? awaited;
    const leftMs = giveUpAt - performance.now();
    if (leftMs <= 0) throw new OperationPendingError(operation);
    await pause(Math.min(pauseMs, leftMs), signal);
  }
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal?.addEventListener('abort', stop, { once: true });
  });
}
