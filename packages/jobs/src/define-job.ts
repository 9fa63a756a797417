import type { z } from 'zod';
import type { JobContext } from './context.js';
import type { Outcome } from './outcome.js';

/**
 * Lower number is served first; BullMQ's own priorities grow in the same direction (0 is "none" there, so we start at
 * 1).
 */
export const PRIORITY = { interactive: 1, sync: 5, bulk: 10 } as const;
export type Priority = keyof typeof PRIORITY;

/** Names of the queues; each is consumed by one worker app. */
export type QueueName = 'events' | 'guests' | 'drift' | 'mail';

/**
 * What producers and handlers agree on for one kind of job. Producers import it without dragging in the handler.
 *
 * Payloads hold ids and options only, never a mail address, a name or a body: they are stored for months and shown to
 * operators.
 */
export interface JobDefinition<
  N extends string = string,
  S extends z.ZodType = z.ZodType,
  Q extends QueueName = QueueName,
> {
  name: N;
  queue: Q;
  payload: S;
  /** Runs that end in a `retry` verdict before the operation is given up, first run included. */
  attempts: number;
  backoff: { firstMs: number; maxMs: number };
  /**
   * It brings two states together, and looks at both when it runs, so it may run at any later time. It is never given
   * up for deaths, attempts or its deadline: it is parked, and tried again after longer and longer times. What Luma
   * refuses for good ends it all the same.
   */
  reconciles: boolean;
  /**
   * Whole life of the operation from `runAfter`, waits for budget and leases included; then it is given up with
   * `operation.deadline`.
   */
  deadlineMs: number;
  priority: Priority;
  /** While one operation with this key is queued, another request joins it instead of adding a second. */
  dedupeKey: (payload: z.infer<S>) => string;
  /** Operations with the same key never run at the same time in any process: the runner holds a lease on it. */
  oneAtATime: (payload: z.infer<S>) => string;
}

export function defineJob<const N extends string, S extends z.ZodType, const Q extends QueueName>(
  definition: JobDefinition<N, S, Q>,
): JobDefinition<N, S, Q> {
  return definition;
}

/**
 * The one implementation of a definition. Ends in an outcome or throws; attempts and dead letters are the runner's
 * work.
 */
export type Handler<D, Deps> =
  D extends JobDefinition<string, infer S>
    ? (payload: z.infer<S>, deps: Deps, ctx: JobContext) => Promise<Outcome>
    : never;
