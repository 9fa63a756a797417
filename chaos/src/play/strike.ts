import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type { Fault, Role, TimedFault } from '../plan/faults.js';
import type { World } from '../world/open-world.js';
import type { Outages } from '../world/outages.js';
import type { Postgres } from '../world/postgres.js';
import type { RecoveryWatch } from './recovery.js';

/** What was really struck. */
export class Strikes {
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

export interface StrikeDeps {
  world: World;
  /** Null where Postgres belongs to others. */
  postgres: Postgres | null;
  outages: Outages;
  recovery: RecoveryWatch;
  strikes: Strikes;
}

/** Lets every fault strike at its time; faults may overlap. Returns when the last one is over and all processes are asked to go on. */
export async function strikeAll(faults: readonly TimedFault[], deps: StrikeDeps, signal: AbortSignal): Promise<void> {
  const startedAt = performance.now();
  const running: Promise<void>[] = [];
  for (const { atMs, fault } of faults) {
    const waitMs = startedAt + atMs - performance.now();
    if (waitMs > 0) await pause(waitMs, undefined, { signal }).catch(() => {});
    if (signal.aborted) break;
    running.push(
      strike(fault, deps, signal).catch((error: unknown) => {
        deps.strikes.failed.push(`${fault.kind}: ${error instanceof Error ? error.message : error}`);
      }),
    );
  }
  await Promise.all(running);
}

async function strike(fault: Fault, deps: StrikeDeps, signal: AbortSignal): Promise<void> {
  const { world, strikes, outages } = deps;
  strikes.note(fault.kind === 'luma' || fault.kind === 'mailbox' ? fault.name : fault.kind);
  const during = (ms: number): Promise<unknown> => pause(ms, undefined, { signal }).catch(() => {});
  switch (fault.kind) {
    case 'kill': {
      const victim = await findBusy(fault.role, world);
      const killed = await world.supervisor.kill(victim);
      strikes.kills += 1;
      if ((await deps.recovery.noteKilled(killed)) > 0) strikes.killsOfBusy += 1;
      return;
    }
    case 'freeze': {
      const { thaw } = world.supervisor.freeze(await findBusy(fault.role, world));
      await during(fault.forMs);
      thaw();
      return;
    }
    case 'deploy':
      for (const name of world.namesOf(fault.role)) {
        const { isClean, tookMs } = await world.supervisor.deploy(name);
        strikes.deployTookMs.push(tookMs);
        if (!isClean)
          strikes.badDeploys.push(`${name} did not end well when it was deployed: ${(tookMs / 1_000).toFixed(1)} s`);
      }
      return;
    case 'redis-flush':
      return world.redis.flush();
    case 'redis-kill':
      return outages.during(async () => {
        await world.redis.kill();
        await world.redis.start();
      });
    case 'redis-away':
      return outages.during(async () => {
        await world.redis.stop();
        await during(fault.forMs);
        await world.redis.start();
      });
    case 'postgres-restart':
      if (deps.postgres === null) return;
      return outages.during(() => deps.postgres?.restart(fault.how, fault.awayMs) ?? Promise.resolve());
    case 'luma': {
      const id = await world.luma.layFault(fault.body);
      await during(fault.forMs);
      await world.luma.liftFault(id);
      return;
    }
    case 'mailbox':
      await world.luma.mailbox.layFault(fault.body);
      await during(fault.forMs);
      await world.luma.mailbox.liftFaults();
  }
}

/** How long a fault waits for its role to have work: breaking who is idle shows little. */
const BUSY_LIMIT_MS = 4_000;

/** The instance of the role that runs most just now; the first one when none does anything. */
async function findBusy(role: Role, { namesOf, supervisor, sql }: World): Promise<string> {
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
