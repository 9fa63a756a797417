import type { Redis } from 'ioredis';
import type { Scenario } from '../scenario.js';
import type { Answer } from '../sender.js';

export type Priority = 'interactive' | 'bulk';

/** What one worker process gives a contender. */
export interface Surroundings {
  scenario: Scenario;
  /** Worker processes that share the budget. */
  processes: number;
  /** Loops that would each send the next request at once: what saturates. */
  bulkLoops: number;
  /** A name that no other run on this Redis uses: in front of, or within, every key. */
  runId: string;
  redisUrl: string;
  /** A client of its own for each call; closed by the worker. */
  openRedis(options?: { maxRetriesPerRequest: number | null }): Redis;
  send(timeoutMs: number): Promise<Answer>;
  /** An interactive request was about to be sent, so long after it was wanted. */
  noteWait(waitMs: number): void;
  /** The limiter threw instead of answering. */
  noteFailure(): void;
  /** No new request after it aborts. */
  signal: AbortSignal;
  /** Ends early, without an error, when the signal aborts. */
  pause(ms: number): Promise<void>;
}

/** One limiter, in one worker process. */
export interface Contender {
  /** One person's request, now: noted when it may be sent, answered when this resolves. */
  person(): Promise<void>;
  /** Bulk work without an end, until the signal aborts and the last answer is there. */
  saturate(): Promise<void>;
  close(): Promise<void>;
}

export type ContenderFactory = (surroundings: Surroundings) => Promise<Contender> | Contender;

/** For limiters that are asked once per request: loops that ask, and a person who asks once. */
export function fromRequests(
  { bulkLoops, signal, noteWait, noteFailure, pause }: Surroundings,
  request: (priority: Priority, onSend: () => void) => Promise<void>,
): Omit<Contender, 'close'> {
  return {
    person: () => {
      const wantedAt = performance.now();
      return request('interactive', () => noteWait(performance.now() - wantedAt));
    },
    saturate: async () => {
      const loop = async () => {
        while (!signal.aborted) {
          // A limiter that throws at once must not spin.
          await request('bulk', () => undefined).catch(() => {
            noteFailure();
            return pause(20);
          });
        }
      };
      await Promise.all(Array.from({ length: bulkLoops }, loop));
    },
  };
}

/** When this process was told to come back: for limiters that cannot tell the others of a 429. */
export function createLocalBlock({ pause, signal }: Surroundings) {
  let untilMs = 0;
  return {
    note: ({ status, retryAfterMs }: Answer) => {
      if (status === 429) untilMs = Math.max(untilMs, performance.now() + (retryAfterMs ?? 1_000));
    },
    wait: async () => {
      while (!signal.aborted && performance.now() < untilMs) await pause(untilMs - performance.now());
    },
  };
}
