import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { type Prisma, PrismaClient } from './generated/client.js';
import { clientThatGivesUp } from './silent-connection.js';
import { fromPrismaError } from './store-error.js';

export interface DatabaseOptions {
  url: string;
  /** Connections of this process. A worker needs one per job it runs at once, and one for the heartbeat. */
  poolMax?: number;
  /** Longest any statement may take, so that a stuck one cannot hold a worker for ever. */
  statementTimeoutMs?: number;
  /** Longest a transaction may stand still between two statements before Postgres ends it. */
  abandonedTransactionMs?: number;
  /** Shown by Postgres in `pg_stat_activity`. */
  applicationName?: string;
}

export type Database = PrismaClient;
/** What repositories take: the database itself or a transaction of the caller. */
export type Db = Prisma.TransactionClient;
/**
 * A transaction of the caller, and nothing else: the database itself does not fit. Commands take it, so that only the
 * edge decides what commits together.
 */
export type Tx = Db & { $connect?: never };

const CONNECTION_LIFE_SECONDS = 600;
/**
 * A process that is stopped in the middle of a transaction would keep its locks for as long as it is stopped, and hold
 * up the process that takes its work over. Between two statements of ours lie milliseconds; this much is a starved
 * process, and it starts over.
 */
const ABANDONED_TRANSACTION_MS = 5_000;
/** How much later than Postgres itself we give a statement up. */
const ANSWER_GRACE_MS = 2_000;

/**
 * Connects on first use, so a process can start and report its state while Postgres is away.
 * Call `$disconnect()` when done.
 */
export function openDatabase({
  url,
  poolMax = 10,
  statementTimeoutMs = 30_000,
  abandonedTransactionMs = ABANDONED_TRANSACTION_MS,
  applicationName = 'luma-sync',
}: DatabaseOptions): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: poolMax,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 30_000,
    // After a fail-over, connections to the server that was are let go in the end, however busy they are.
    maxLifetimeSeconds: CONNECTION_LIFE_SECONDS,
    statement_timeout: statementTimeoutMs,
    idle_in_transaction_session_timeout: abandonedTransactionMs,
    Client: clientThatGivesUp(statementTimeoutMs + ANSWER_GRACE_MS),
    application_name: applicationName,
  });
  // A connection that is handed out has no listener for a moment. Should Postgres go just then, its error would end the
  // process; the query that follows fails anyway.
  pool.on('connect', (client) => client.on('error', () => {}));
  // The pool drops a broken connection and makes a new one; without a listener its error would end the process.
  const options = { onPoolError: () => {}, onConnectionError: () => {}, disposeExternalPool: true };
  return new PrismaClient({ adapter: new PrismaPg(pool, options) });
}

/** Runs `work` in one transaction that ends within `timeoutMs`. */
export function inTransaction<T>(db: Database, work: (tx: Tx) => Promise<T>, timeoutMs = 15_000): Promise<T> {
  return db.$transaction(work, { maxWait: 5_000, timeout: timeoutMs });
}

/**
 * One question to Postgres, for a readiness check.
 * @throws {JobError} `store.unavailable`, or the code of what else is wrong.
 */
export async function pingPostgres(db: Pick<Database, '$queryRaw'>): Promise<void> {
  try {
    await db.$queryRaw`select 1`;
  } catch (error) {
    throw fromPrismaError(error);
  }
}
