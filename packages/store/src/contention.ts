import { type Database, inTransaction, type Tx } from './database.js';
import { Prisma } from './generated/client.js';
import { sqlStateOf } from './store-error.js';

/** Times a transaction is run in all. Each rerun follows another one's commit, so a handful is plenty. */
const RUNS_MAX = 5;

/**
 * Runs a transaction again when it lost against another one: a deadlock, a serialization failure, or a row that
 * somebody else inserted between our look and our write. `work` must have no effect outside the transaction.
 */
export async function retryingTransaction<T>(db: Database, work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let run = 1; ; run += 1) {
    try {
      return await inTransaction(db, work);
    } catch (error) {
      if (run === RUNS_MAX || !lostAgainstAnother(error)) throw error;
    }
  }
}

/** Serialization failure, deadlock, unique violation. */
const LOST = new Set(['40001', '40P01', '23505']);

function lostAgainstAnother(error: unknown): boolean {
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return false;
  return error.code === 'P2034' || error.code === 'P2002' || LOST.has(sqlStateOf(error) ?? '');
}
