import type { Scenario } from './scenario.js';

/** What a worker process is told. It answers `ready`, waits for `start` and `stop`, and sends one {@link WorkerReport}. */
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
  /** Answers of 429. */
  refused: number;
  unanswered: number;
  /** Times a limiter threw: no slot, nothing sent. */
  failed: number;
}
