import { PrismaPg } from '@prisma/adapter-pg';
import { type Prisma, PrismaClient } from './generated/client.js';

export interface DatabaseOptions {
  url: string;
  /** Connections of this process. A worker needs one per job it runs at once, and one for the heartbeat. */
  poolMax?: number;
  /** Longest any statement may take, so that a stuck one cannot hold a worker for ever. */
  statementTimeoutMs?: number;
  /** Shown by Postgres in `pg_stat_activity`. */
  applicationName?: string;
}

export type Database = PrismaClient;
/** What repositories take: the database itself or a transaction of the caller. */
export type Db = Prisma.TransactionClient;

/**
 * Connects on first use, so a process can start and report its state while Postgres is away.
 * Call `$disconnect()` when done.
 */
export function openDatabase({
  url,
  poolMax = 10,
  statementTimeoutMs = 30_000,
  applicationName = 'luma-sync',
}: DatabaseOptions): Database {
  const adapter = new PrismaPg(
    {
      connectionString: url,
      max: poolMax,
      connectionTimeoutMillis: 5_000,
      idleTimeoutMillis: 30_000,
      statement_timeout: statementTimeoutMs,
      application_name: applicationName,
    },
    // The pool drops a broken connection and makes a new one; without a listener its error would end the process.
    { onPoolError: () => {}, onConnectionError: () => {} },
  );
  return new PrismaClient({ adapter });
}

/** Runs `work` in one transaction that ends within `timeoutMs`. */
export function inTransaction<T>(db: Database, work: (tx: Db) => Promise<T>, timeoutMs = 15_000): Promise<T> {
  return db.$transaction(work, { maxWait: 5_000, timeout: timeoutMs });
}
