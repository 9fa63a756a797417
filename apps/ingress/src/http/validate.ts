import type { z } from 'zod';
import { toFieldWords } from './field-words.js';
import { Problem, type ProblemField } from './problem.js';

/** So that a field that is missing can be told from one that is wrong. What was given is never repeated. */
const REPORT_INPUT = { reportInput: true } as const;

/** @throws {Problem} 422 `request.invalid` with the path of every field that does not fit. */
export function parseBody<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  const parsed = schema.safeParse(body, REPORT_INPUT);
  if (parsed.success) return parsed.data;
  throw new Problem(422, 'request.invalid', 'the body does not fit', { errors: toProblemFields(parsed.error) });
}

/** @throws {Problem} 400 `request.invalid_parameter` with the name of every parameter that does not fit. */
export function parseParameters<S extends z.ZodType>(schema: S, parameters: unknown): z.output<S> {
  const parsed = schema.safeParse(parameters, REPORT_INPUT);
  if (parsed.success) return parsed.data;
  throw new Problem(400, 'request.invalid_parameter', 'a parameter does not fit', {
    errors: toProblemFields(parsed.error),
  });
}

/** An attacker chooses how many unknown fields to send: the answer names so many at most. */
const FIELDS_MAX = 50;
const PATH_MAX = 200;

function toProblemFields(error: z.ZodError): ProblemField[] {
  return error.issues
    .flatMap((issue): ProblemField[] => {
      if (issue.code === 'unrecognized_keys') {
        return issue.keys.map((key) => ({ path: toPath([...issue.path, key]), message: 'unknown field' }));
      }
      return [{ path: toPath(issue.path), message: toFieldWords(issue) }];
    })
    .slice(0, FIELDS_MAX);
}

const toPath = (path: readonly PropertyKey[]): string => path.map(String).join('.').slice(0, PATH_MAX);
