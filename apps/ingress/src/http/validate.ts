import { describeIssue, toFieldProblems } from '@luma-sync/runtime';
import type { z } from 'zod';
import { Problem, type ProblemField } from './problem.js';

/** @throws {Problem} 422 `request.invalid` with the path of every field that does not fit. */
export function parseBody<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  const parsed = schema.safeParse(body, { error: describeIssue });
  if (parsed.success) return parsed.data;
  throw bodyDoesNotFit(toProblemFields(parsed.error));
}

/** @throws {Problem} 400 `request.invalid_parameter` with the name of every parameter that does not fit. */
export function parseParameters<S extends z.ZodType>(schema: S, parameters: unknown): z.output<S> {
  const parsed = schema.safeParse(parameters, { error: describeIssue });
  if (parsed.success) return parsed.data;
  throw parameterDoesNotFit(toProblemFields(parsed.error));
}

export const bodyDoesNotFit = (errors: readonly ProblemField[]): Problem =>
  new Problem(422, 'request.invalid', 'the body does not fit; `errors` says what to change in each field', { errors });

export const parameterDoesNotFit = (errors: readonly ProblemField[]): Problem =>
  new Problem(400, 'request.invalid_parameter', 'a parameter does not fit; `errors` says which, and what to change', {
    errors,
  });

/** An attacker chooses how many unknown fields to send: the answer names so many at most. */
const FIELDS_MAX = 50;
const PATH_MAX = 200;

const toProblemFields = (error: z.ZodError): ProblemField[] =>
  toFieldProblems(error.issues)
    .slice(0, FIELDS_MAX)
    .map(({ path, message }) => ({ path: toPath(path), message }));

const toPath = (path: readonly PropertyKey[]): string => path.map(String).join('.').slice(0, PATH_MAX);
