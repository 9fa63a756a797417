export { measureQueue, type QueueBacklog, trimDelayed } from './backlog.js';
export { type ConnectionManner, connectRedis, disconnectRedis, type RedisConnection } from './connection.js';
export { addJobs, BEFORE_ALL, inspectJobs, type JobPresence, type JobToAdd, promoteJob, toJobId } from './dispatch.js';
export { runInThisProcess } from './isolation/in-process.js';
export {
  type AloneEnd,
  type AloneRunner,
  IsolatedLane,
  type IsolatedLaneOptions,
  type IsolationLedger,
  type LaneTimes,
} from './isolation/lane.js';
export type { KeySpeed } from './places/places.js';
export { QUEUE_NAMES, SCHEDULE_QUEUE } from './queue-names.js';
export {
  closeQueues,
  type OperationJobData,
  type OperationQueue,
  openQueue,
  openQueues,
  type Queues,
} from './queues.js';
export { pingRedis, type RedisTrouble, RedisTroubleError, toRedisTrouble } from './redis-trouble.js';
export type { ConsumptionTimes } from './runner/consumption.js';
export { DEFAULT_RUN_SETTINGS, type RunDeps, type RunSettings } from './runner/current-run.js';
export type { FinishTimes, Standstill } from './runner/finish-watch.js';
export type { Ledger, RunIdentity } from './runner/ledger.js';
export { runOperation } from './runner/run-operation.js';
export type { RunResult } from './runner/run-result.js';
export {
  type Bulkheads,
  newProcessId,
  OperationWorker,
  type OperationWorkerOptions,
  type Speeds,
  type TakeOverTimes,
} from './runner/worker.js';
export { type ScheduleDefinition, ScheduleQueue, type ScheduleQueueOptions } from './schedule-queue.js';
