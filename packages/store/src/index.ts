export { type Database, type DatabaseOptions, type Db, inTransaction, openDatabase } from './database.js';
export {
  acquireRecordLease,
  fencedTransaction,
  type LeaseHolder,
  releaseRecordLeases,
  withRecordLease,
} from './leases.js';
export {
  claimDueOperations,
  countDispatches,
  type DueOperation,
  measureBacklog,
  releaseClaims,
} from './operations/dispatch.js';
export {
  type EnqueuedOperation,
  type EnqueueOptions,
  enqueueOperation,
  enqueueOperations,
} from './operations/enqueue.js';
export {
  type BeginResult,
  type BegunOperation,
  beginOperation,
  type Ending,
  finishOperation,
  heartbeat,
  type PutBack,
  putBackOperation,
  reportProgress,
  saveCheckpoint,
} from './operations/run.js';
export { fromPrismaError, isStoreUnavailable, isUniqueViolation } from './store-error.js';
