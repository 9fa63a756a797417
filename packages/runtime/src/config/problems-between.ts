import { z } from 'zod';
import type { ConfigProblem } from './config-error.js';

const LIMIT = 'LUMA_RATE_LIMIT_PER_MINUTE';
const HEADROOM = 'LUMA_RATE_LIMIT_HEADROOM';

/**
 * What is wrong with variables that are right each by itself. Beside the schema, whose own rules of this kind would
 * only run once everything else is right, and would keep apps from picking from it.
 */
export function findProblemsBetween(schema: z.ZodType, given: NodeJS.ProcessEnv): ConfigProblem[] {
  if (!(schema instanceof z.ZodObject)) return [];
  const read = (name: string): unknown => schema.shape[name]?.safeParse(given[name]).data;
  const [limit, headroom] = [read(LIMIT), read(HEADROOM)];
  if (typeof limit !== 'number' || typeof headroom !== 'number' || headroom < limit) return [];
  return [{ variable: HEADROOM, problem: `must be below ${LIMIT}: else no request may ever be sent` }];
}
