import { isDeepStrictEqual } from 'node:util';
import type { z } from 'zod';
import type { ProblemField } from '../http/problem.js';
import { bodyDoesNotFit, parseBody } from '../http/validate.js';

/*
 * What is given out is taken back. A record may hold what a body may not say: an event that began at Luma has a title
 * of any length. A body that repeats a record with one field changed is judged by that field alone.
 */

/** A record as callers read it, and as the handler needs it. */
export interface GivenOut {
  /** The answer to a GET. */
  shown: Record<string, unknown>;
  /** The fields a body may hold, as the body's schema leaves them. */
  known: Record<string, unknown>;
  /** Read-only fields that a body must not say otherwise. All others may be repeated as they once were. */
  fixed: readonly string[];
}

export interface TakesBack<P> {
  /** Null when there is no such record. */
  read(request: P): Promise<GivenOut | null>;
  /** The body's schema, with these fields given. */
  bodyKnowing(known: Record<string, unknown>): z.ZodType;
}

/**
 * Reads a body that the schema refuses, without judging what it merely repeats.
 *
 * @throws {Problem} 422 `request.invalid`, with the fields that were changed and do not fit.
 */
export function takeBack(body: unknown, given: GivenOut, bodyKnowing: TakesBack<unknown>['bodyKnowing']): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return parseBody(bodyKnowing({}), body);
  const { shown, known, fixed } = given;
  const fields = Object.entries(body);
  const isInput = (name: string) => name in known;
  const isRepeated = ([name, value]: [string, unknown]) => name in shown && isDeepStrictEqual(value, shown[name]);
  const isReadOnly = ([name]: [string, unknown]) => name in shown && !isInput(name);
  const changed = fields.filter((field) => isReadOnly(field) && fixed.includes(field[0]) && !isRepeated(field));
  if (changed.length > 0) {
    const errors = changed.map(([path]): ProblemField => ({ path, message: 'cannot be changed: leave it out' }));
    throw bodyDoesNotFit(errors);
  }
  const repeated = fields.filter((field) => isInput(field[0]) && isRepeated(field)).map(([name]) => name);
  const schema = bodyKnowing(Object.fromEntries(repeated.map((name) => [name, known[name]])));
  return parseBody(schema, Object.fromEntries(fields.filter((field) => !isReadOnly(field))));
}
