import { JobError } from '@luma-sync/jobs';
import { USER_AGENT } from '@luma-sync/luma-client';
import type { Metrics } from '@luma-sync/runtime';
import { type FetchPublic, openSafeFetch } from '@luma-sync/safe-fetch';
import { type Database, findSilentCalendars } from '@luma-sync/store';
import { loop } from './loop.js';

export interface HeartbeatDeps {
  db: Database;
  /** Pinged while all is well; may hold a secret. */
  url: string;
  /** A calendar whose list was not read for longer is silent. */
  silentHours: number;
  /** Each throws while something is wrong. */
  checks: Readonly<Record<string, () => unknown>>;
  log: Record<'info' | 'warn', (fields: object, message: string) => void>;
  metrics: Metrics;
  signal: AbortSignal;
  everyMs?: number;
}

const EVERY_MS = 60_000;
const ANSWER_WITHIN_MS = 10_000;
const ANSWER_BYTES_MAX = 65_536;

/**
 * Pings an address each minute while relay works and no calendar is silent. What watches that address raises the alarm
 * when the pings stop: also when the whole machine is gone.
 */
export function startHeartbeat(deps: HeartbeatDeps): Promise<void> {
  const { url, log, metrics, signal, everyMs = EVERY_MS } = deps;
  // The operator chose the address: it may be on their own network.
  const allowHosts = [new URL(url).host];
  const fetchPublic = openSafeFetch({ userAgent: USER_AGENT, allowHosts, timeoutMs: ANSWER_WITHIN_MS });
  const sent = metrics.gauge({ name: 'heartbeat_ok', help: '1 when the last heartbeat was sent and taken, else 0' });
  let before: string | null = null;
  return loop({
    signal,
    afterErrorMs: everyMs,
    onError: () => {},
    round: async () => {
      const problem = (await findProblem(deps)) ?? (await ping(fetchPublic, deps));
      sent.set(problem === null ? 1 : 0);
      if (problem !== before) {
        if (problem === null) log.info({}, 'the heartbeat is sent again');
        else log.warn({ reason: problem }, 'no heartbeat');
      }
      before = problem;
      return everyMs;
    },
  });
}

/** @returns why no heartbeat is sent; null when all is well. */
async function findProblem({
  db,
  silentHours,
  checks,
}: Pick<HeartbeatDeps, 'db' | 'silentHours' | 'checks'>): Promise<string | null> {
  for (const [name, check] of Object.entries(checks)) {
    try {
      await check();
    } catch {
      return `${name} is not well; see /readyz`;
    }
  }
  const silent = await findSilentCalendars(db, silentHours).catch(() => null);
  if (silent === null) return 'postgres is not well; see /readyz';
  if (silent.length === 0) return null;
  const names = silent.slice(0, NAMES_MAX).map((name) => `"${name}"`);
  return `${silent.length} calendars were not read for ${silentHours} hours: ${names.join(', ')}`;
}

const NAMES_MAX = 5;

/** @returns what was wrong with the answer, without the address; null when it was taken. */
async function ping(fetchPublic: FetchPublic, { url, signal }: Pick<HeartbeatDeps, 'url' | 'signal'>) {
  try {
    await fetchPublic(url, { bytesMax: ANSWER_BYTES_MAX, accept: '*/*', signal });
    return null;
  } catch (error) {
    if (signal.aborted || (error instanceof JobError && error.code === 'url.too_large')) return null;
    return `HEARTBEAT_URL: ${error instanceof JobError ? error.message : 'no answer'}`;
  }
}
