import { type Database, type Db, inTransaction } from './database.js';
import { Prisma } from './generated/client.js';

/** Times a transaction is run in all. Each rerun follows another one's commit, so a handful is plenty. */
const RUNS_MAX = 5;

/**
 * Runs a transaction again when it lost against another one: a deadlock, a serialization failure, or a row that somebody else
 * inserted between our look and our write. `work` must have no effect outside the transaction.
 */
export async function retryingTransaction<T>(db: Database, work: (tx: Db) => Promise<T>): Promise<T> {
  for (let run = 1; ; run += 1) {
    try {
      return await inTransaction(db, work);
    } catch (error) {
      if (run === RUNS_MAX || !lostAgainstAnother(error)) throw error;
    }
  }
}

function lostAgainstAnother(error: unknown): boolean {
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return false;
  if (error.code === 'P2034' || error.code === 'P2002') return true;
  const cause = (error.meta as { driverAdapterError?: { cause?: { originalCode?: unknown } } } | undefined)
    ?.driverAdapterError?.cause;
  return ['40001', '40P01', '23505'].includes(String(cause?.originalCode));
}
