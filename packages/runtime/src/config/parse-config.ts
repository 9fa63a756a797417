import type { z } from 'zod';
import { describeIssue } from '../input/describe-issue.js';
import { toFieldProblems } from '../input/to-field-problems.js';
import { ConfigError } from './config-error.js';
import { findProblemsBetween } from './problems-between.js';

/**
 * Reads a process's settings, once, at its start. A variable that is set to nothing counts as missing, as Compose and
 * many shells pass on what was never set.
 *
 * @param schema A zod object whose keys are the variables' names; see `environment` for those that apps share.
 * @throws {ConfigError} naming every problem, never a value.
 */
export function parseConfig<Schema extends z.ZodType>(schema: Schema, env: NodeJS.ProcessEnv): z.output<Schema> {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== ''),
  );
  const parsed = schema.safeParse(given, { error: describeIssue });
  const between = findProblemsBetween(schema, given);
  if (parsed.success && between.length === 0) return parsed.data;
  const single = toFieldProblems(parsed.error?.issues ?? []).map(({ path, message }) => ({
    variable: path.map(String).join('.') || 'environment',
    problem: message,
  }));
  throw new ConfigError([...single, ...between]);
}
