import type { Scenario } from './scenario.js';

/**
 * What a worker process is told. It answers `ready`, waits for `start` and `stop`, and sends one {@link WorkerReport}.
 */
export interface WorkerSettings {
  contender: string;
  scenario: Scenario;
  processes: number;
  runId: string;
  redisUrl: string;
  /** Of the road to the simulator, on loopback. */
  port: number;
}

export interface WorkerReport {
  /** Of people's requests, from wanting to sending, after the first window. */
  waitsMs: number[];
  answered: number;
  /** Sum over the answered ones. */
  roundTripsMs: number;
  /**
   * When requests were sent, and when answers of 429 came: by the machine's monotonic clock, which all processes share.
   */
  sentAtMs: number[];
  refusedAtMs: number[];
  unanswered: number;
  /** Times a limiter threw: no slot, nothing sent. */
  failed: number;
}
