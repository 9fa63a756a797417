import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type { Outages } from '../environment/outages.js';
import type { Sql } from '../environment/sql.js';
import type { Killed, Supervisor } from '../environment/supervisor.js';

interface Interrupted {
  id: string;
  job: string;
  owner: string;
  app: string;
  killedAt: number;
}

interface Row {
  owner: string | null;
  state: string;
  /** The run that fell silent, as long as the operation waits for its turn alone. */
  leftBy: string | null;
}

export interface Recovery {
  job: string;
  operationId: string;
  /**
   * From the kill until the operation ran again; left out is when Redis, Postgres or every process that could have run
   * it was away.
   */
  tookMs: number;
}

const LOOK_MS = 40;
/** The watch must end; what really is lost shows in the comparison. */
const LIMIT_MS = 300_000;

/** Measures how soon what a killed process was running runs again: another run owns the row, or it has ended. */
export class RecoveryWatch {
  readonly recoveries: Recovery[] = [];
  /** Not seen to run again in five minutes. */
  readonly missed: string[] = [];
  #open: Interrupted[] = [];
  #watching: Promise<void> | null = null;

  constructor(
    private readonly sql: Sql,
    private readonly outages: Outages,
    private readonly supervisor: Pick<Supervisor, 'absencesOf'>,
  ) {}

  /** Call when the process is gone. @returns how many operations it held. */
  async noteKilled({ app, pid, atMs }: Killed): Promise<number> {
    const held = await this.sql
      .rows<{ id: string; job: string; owner: string }>(
        `select id, job, lease_owner as owner from operations where state = 'running' and starts_with(lease_owner, $1)`,
        [`${hostname()}-${pid}-`],
      )
      // Postgres is away just now: this kill gives no sample.
      .catch(() => []);
    this.#open.push(...held.map((operation) => ({ ...operation, app, killedAt: atMs })));
    this.#watching ??= this.#watch().finally(() => {
      this.#watching = null;
    });
    return held.length;
  }

  async finished(): Promise<void> {
    await this.#watching;
  }

  async #watch(): Promise<void> {
    while (this.#open.length > 0) {
      await pause(LOOK_MS);
      const rows = await this.#look();
      const now = performance.now();
      if (rows !== null) this.#open = this.#open.filter((interrupted) => !this.#hasRunAgain(interrupted, rows, now));
      this.#open = this.#open.filter((interrupted) => {
        const isOver = this.#tookMs(interrupted, now) > LIMIT_MS;
        if (isOver) this.missed.push(`${interrupted.job} ${interrupted.id}`);
        return !isOver;
      });
    }
  }

  async #look(): Promise<Map<string, Row> | null> {
    const ids = this.#open.map(({ id }) => id);
    const rows = await this.sql
      .rows<Row & { id: string }>(
        `select id, lease_owner as owner, state::text as state,
           case when state = 'queued' and waiting_reason is null then suspected_owner end as "leftBy"
         from operations where id = any($1::uuid[])`,
        [ids],
      )
      .catch(() => null);
    return rows === null ? null : new Map(rows.map((row) => [row.id, row]));
  }

  #hasRunAgain(interrupted: Interrupted, rows: Map<string, Row>, now: number): boolean {
    const { id, job, owner } = interrupted;
    const row = rows.get(id);
    if (row === undefined || row.leftBy === owner || (row.owner === owner && row.state === 'running')) return false;
    this.recoveries.push({ job, operationId: id, tookMs: this.#tookMs(interrupted, now) });
    return true;
  }

  #tookMs({ app, killedAt }: Interrupted, now: number): number {
    return this.outages.quietBetween(killedAt, now, this.supervisor.absencesOf(app));
  }
}

export function percentile(values: readonly number[], share: number): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? null;
}
