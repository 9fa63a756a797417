import { bottleneck } from './bottleneck.js';
import { bullmq } from './bullmq.js';
import type { ContenderFactory } from './contender.js';
import { ours } from './ours.js';
import { rateLimiterFlexible } from './rate-limiter-flexible.js';
import { slidingLog } from './sliding-log.js';

export const OURS = 'luma-sync';

/** In the order of the table. */
export const contenders: Readonly<Record<string, ContenderFactory>> = {
  [OURS]: ours,
  'BullMQ limiter': bullmq,
  'Bottleneck on Redis': bottleneck,
  'rate-limiter-flexible': rateLimiterFlexible,
  'sliding log per process': slidingLog,
};
