import type { QueueName } from '@luma-sync/jobs';

/** The braces make all keys of all our queues live on one node of a Redis cluster, as BullMQ's scripts need. */
export const DEFAULT_PREFIX = '{luma-sync}';

export const QUEUE_NAMES = ['events', 'guests', 'drift', 'mail'] as const satisfies readonly QueueName[];
/** Ticks of schedules; relay consumes it. */
export const SCHEDULE_QUEUE = 'schedules';
