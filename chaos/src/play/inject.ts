import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type { Environment } from '../environment/open-environment.js';
import type { Outages } from '../environment/outages.js';
import type { Postgres } from '../environment/postgres.js';
import type { Fault, Role, TimedFault } from '../plan/faults.js';
import type { RecoveryWatch } from './recovery.js';

/** The faults that were injected. */
export class Injected {
  kills = 0;
  /** Kills of processes that held running operations. */
  killsOfBusy = 0;
  readonly byKind = new Map<string, number>();
  readonly deployTookMs: number[] = [];
  /** Deploys that took too long or ended with an error. */
  readonly badDeploys: string[] = [];
  /** Faults that could not be carried out: the run says nothing about them. */
  readonly failed: string[] = [];

  note(kind: string): void {
    this.byKind.set(kind, (this.byKind.get(kind) ?? 0) + 1);
  }
}

export interface InjectDeps {
  environment: Environment;
  /** Null where Postgres belongs to others. */
  postgres: Postgres | null;
  outages: Outages;
  recovery: RecoveryWatch;
  injected: Injected;
}

/**
 * Injects every fault at its time; faults may overlap. Returns when the last one is cleared and every frozen process
 * was told to go on.
 */
export async function injectAll(faults: readonly TimedFault[], deps: InjectDeps, signal: AbortSignal): Promise<void> {
  const startedAt = performance.now();
  const running: Promise<void>[] = [];
  for (const { atMs, fault } of faults) {
    const waitMs = startedAt + atMs - performance.now();
    if (waitMs > 0) await pause(waitMs, undefined, { signal }).catch(() => {});
    if (signal.aborted) break;
    running.push(
      inject(fault, deps, signal).catch((error: unknown) => {
        deps.injected.failed.push(`${fault.kind}: ${error instanceof Error ? error.message : error}`);
      }),
    );
  }
  await Promise.all(running);
}

async function inject(fault: Fault, deps: InjectDeps, signal: AbortSignal): Promise<void> {
  const { environment, injected, outages } = deps;
  injected.note(fault.kind === 'luma' || fault.kind === 'mailbox' ? fault.name : fault.kind);
  const during = (ms: number): Promise<unknown> => pause(ms, undefined, { signal }).catch(() => {});
  switch (fault.kind) {
    case 'kill': {
      const victim = await findBusy(fault.role, environment);
      const killed = await environment.supervisor.kill(victim);
      injected.kills += 1;
      if ((await deps.recovery.noteKilled(killed)) > 0) injected.killsOfBusy += 1;
      return;
    }
    case 'freeze': {
      const { thaw } = environment.supervisor.freeze(await findBusy(fault.role, environment));
      await during(fault.forMs);
      thaw();
      return;
    }
    case 'deploy':
      for (const name of environment.namesOf(fault.role)) {
        const { isClean, tookMs } = await environment.supervisor.deploy(name);
        injected.deployTookMs.push(tookMs);
        if (!isClean)
          injected.badDeploys.push(`${name} did not end well when it was deployed: ${(tookMs / 1_000).toFixed(1)} s`);
      }
      return;
    case 'redis-flush':
      return environment.redis.flush();
    case 'redis-kill':
      return outages.during(async () => {
        await environment.redis.kill();
        await environment.redis.start();
      });
    case 'redis-away':
      return outages.during(async () => {
        await environment.redis.stop();
        await during(fault.forMs);
        await environment.redis.start();
      });
    case 'redis-freeze':
      return outages.during(async () => {
        environment.redis.freeze();
        await during(fault.forMs);
        environment.redis.thaw();
      });
    case 'postgres-restart':
      if (deps.postgres === null) return;
      return outages.during(() => deps.postgres?.restart(fault.how, fault.awayMs) ?? Promise.resolve());
    case 'luma': {
      const id = await environment.luma.injectFault(fault.body);
      await during(fault.forMs);
      await environment.luma.clearFault(id);
      return;
    }
    case 'mailbox':
      await environment.luma.mailbox.injectFault(fault.body);
      await during(fault.forMs);
      await environment.luma.mailbox.clearFaults();
  }
}

/** How long a fault waits for its role to have work: breaking who is idle shows little. */
const BUSY_LIMIT_MS = 4_000;

/** The instance of the role that runs most just now; the first one when none does anything. */
async function findBusy(role: Role, { namesOf, supervisor, sql }: Environment): Promise<string> {
  const names = namesOf(role);
  const [first = role] = names;
  if (role === 'ingress' || role === 'relay') return names[Math.floor(performance.now()) % names.length] ?? first;
  const giveUpAt = performance.now() + BUSY_LIMIT_MS;
  while (performance.now() < giveUpAt) {
    const rows = await sql
      .rows<{ pid: string; count: number }>(
        `select split_part(replace(lease_owner, $1, ''), '-', 1) as pid, count(*)::int as count
         from operations where state = 'running' group by 1 order by 2 desc`,
        [`${hostname()}-`],
      )
      .catch(() => []);
    const byPid = new Map(names.map((name) => [String(supervisor.pidOf(name)), name]));
    const busy = rows.map(({ pid }) => byPid.get(pid)).find((name) => name !== undefined);
    if (busy !== undefined) return busy;
    await pause(30);
  }
  return first;
}
