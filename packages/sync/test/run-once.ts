import { jobsOf } from '@luma-sync/jobs';
import type { Database } from '@luma-sync/store';
import { bindHandlers } from '../src/index.js';
import { type RunEnd, runByRunner } from './run-by-runner.js';
import type { Deps } from './sync-deps.js';

const JOBS = [...jobsOf('events'), ...jobsOf('guests'), ...jobsOf('drift')];

/** One run of an operation, whose handler reads a clock ahead of the machine's. A test may move it meanwhile. */
export function runOnce(db: Database, id: string, deps: Deps, clock: { aheadMs: number }): Promise<RunEnd> {
  return runByRunner(db, id, bindHandlers(JOBS, deps), { now: () => new Date(Date.now() + clock.aheadMs) });
}
