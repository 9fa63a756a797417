import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { openRoad } from './road.js';
import type { Scenario } from './scenario.js';
import { type Simulator, startSimulator } from './simulator.js';
import { startWorkers } from './workers.js';

const PROCESSES = 4;

export interface Run {
  simulator: Simulator;
  /** Ready, and not started. */
  workers: Awaited<ReturnType<typeof startWorkers>>;
}

/** A run's own simulator, road and worker processes, all gone when this is done. */
export async function withRun<T>(
  contender: string,
  scenario: Scenario,
  { redisUrl, signal }: { redisUrl: string; signal: AbortSignal },
  work: (run: Run) => Promise<T>,
): Promise<T> {
  const runId = randomBytes(6).toString('hex');
  const simulator = await startSimulator(scenario, signal);
  const road = await openRoad(simulator, scenario.roundTripMs);
  try {
    const settings = { contender, scenario, processes: PROCESSES, runId, redisUrl, port: road.port };
    const workers = await startWorkers(settings, signal);
    try {
      return await work({ simulator, workers });
    } finally {
      workers.kill();
    }
  } finally {
    road.close();
    simulator.close();
    await forget(redisUrl, runId);
  }
}

/** Removes what this run alone left in Redis, which may be somebody's own. */
async function forget(redisUrl: string, runId: string): Promise<void> {
  const redis = new Redis(redisUrl, { maxRetriesPerRequest: 1 });
  redis.on('error', () => undefined);
  try {
    for await (const keys of redis.scanStream({ match: `*${runId}*`, count: 1_000 }) as AsyncIterable<string[]>) {
      if (keys.length > 0) await redis.unlink(...keys);
    }
  } catch {
    // They are small, and most of them expire.
  } finally {
    redis.disconnect();
  }
}
