/** What a program needs that looks at the queues and takes no jobs. It does not load BullMQ. */
export { connectRedis, disconnectRedis, type RedisConnection } from '../connection.js';
export { QUEUE_NAMES } from '../queue-names.js';
export { findPausedQueues } from './paused-queues.js';
