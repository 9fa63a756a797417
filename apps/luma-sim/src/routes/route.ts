import type { z } from 'zod';
import { InvalidRequestError } from '../http-error.js';
import type { SimCalendar } from '../state/records.js';
import type { World } from '../state/world.js';

/** One call, after key, plan and budget were judged. */
export interface ApiCall {
  world: World;
  calendar: SimCalendar;
  query: unknown;
  body: unknown;
}

/** Answers with a JSON object (always status 200, as Luma does) or throws an `ApiError`. */
export type ApiHandler = (call: ApiCall) => object;

export interface ApiRoute {
  method: 'GET' | 'POST';
  /** `/v1/...`; also served under `/public`. */
  path: string;
  handle: ApiHandler;
}

export const get = (path: string, handle: ApiHandler): ApiRoute => ({ method: 'GET', path, handle });
export const post = (path: string, handle: ApiHandler): ApiRoute => ({ method: 'POST', path, handle });

/** Reads query or body, or refuses in Luma's words: one `- field: text` line for each problem. */
export function read<S extends z.ZodType>(world: World, schema: S, input: unknown): z.output<S> {
  const parsed = schema.safeParse(input ?? {});
  if (parsed.success) return parsed.data;
  const unknownFields = parsed.error.issues.filter((issue) => issue.code === 'unrecognized_keys');
  if (world.settings.requests.unknownFields === 'ignore' && unknownFields.length === parsed.error.issues.length) {
    return schema.parse(without(input, unknownFields));
  }
  const lines = parsed.error.issues.map((issue) => {
    const field = issue.code === 'unrecognized_keys' ? [...issue.path, ...issue.keys].join('.') : issue.path.join('.');
    return `- ${field === '' ? 'body' : field}: ${issue.message}`;
  });
  throw new InvalidRequestError(lines);
}

function without(input: unknown, issues: { path: PropertyKey[]; keys: string[] }[]): unknown {
  const copy = structuredClone(input);
  for (const { path, keys } of issues) {
    const holder = path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown>)[key], copy);
    for (const key of keys) delete (holder as Record<string, unknown>)[key];
  }
  return copy;
}
