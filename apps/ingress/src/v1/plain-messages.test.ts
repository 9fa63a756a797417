import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { Problem } from '../http/problem.js';
import { parseBody, parseParameters } from '../http/validate.js';
import { v1Routes } from './routes/all.js';

/** How zod itself words a fault. */
const RAW = /Invalid|expected|Unrecognized|Too (?:small|big)|received|\bstring\b|\barray\b|>=|<=|zod|regex|pattern/i;

const WRONG: readonly unknown[] = [
  undefined,
  null,
  true,
  0,
  -1,
  1.5,
  1e12,
  Number.NaN,
  '',
  ' ',
  'x'.repeat(60_000),
  '\u0000',
  'nonsense',
  'http://',
  [],
  [null],
  Array.from({ length: 2_000 }, (_, n) => `tag ${n}`),
  {},
  { 'a b': 1 },
];

/** A schema below what makes a value optional, gives it a default or transforms it. */
function unwrap(schema: unknown): unknown {
  let inner = schema;
  for (;;) {
    const { def } = (inner as z.ZodType)._zod as unknown as { def: Record<string, unknown> };
    const next = def.innerType ?? def.in;
    if (next === undefined) return inner;
    inner = next;
  }
}

/** Paths to every field that can be given, lists and choices entered. */
function listPaths(schema: unknown, at: readonly PropertyKey[] = []): (readonly PropertyKey[])[] {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodObject)
    return [at, ...Object.entries(inner.shape).flatMap(([name, field]) => listPaths(field, [...at, name]))];
  if (inner instanceof z.ZodArray) return [at, ...listPaths(inner.element, [...at, 0])];
  if (inner instanceof z.ZodUnion) return inner.options.flatMap((option) => listPaths(option, at));
  if (inner instanceof z.ZodRecord) return [at, ...listPaths(inner.valueType, [...at, 'x'])];
  return [at];
}

function build(path: readonly PropertyKey[], value: unknown): unknown {
  const [first, ...rest] = path;
  if (first === undefined) return value;
  return typeof first === 'number' ? [build(rest, value)] : { [first]: build(rest, value) };
}

function messagesOf(read: (input: unknown) => unknown, input: unknown): string[] {
  try {
    read(input);
    return [];
  } catch (error) {
    if (error instanceof Problem) return [error.message, ...error.errors.map(({ message }) => message)];
    throw error;
  }
}

const parts = v1Routes.flatMap(({ method, path, params, query, body, readCsv }) =>
  (
    [
      ['params', params, parseParameters],
      ['query', query, parseParameters],
      // A CSV file is read by a reader of its own.
      ...(readCsv === undefined ? [['body', body, parseBody] as const] : []),
    ] as const
  ).map(([part, schema, parse]) => ({
    name: `${part} of ${method.toUpperCase()} ${path}`,
    schema: schema as z.ZodType,
    read: (input: unknown) => parse(schema as z.ZodType, input),
  })),
);

describe('what a caller is told about wrong input', () => {
  it.each(parts)('$name: no message is zod’s own', ({ schema, read }) => {
    const messages = listPaths(schema).flatMap((path) =>
      WRONG.flatMap((value) => messagesOf(read, build(path, value))),
    );
    expect([...new Set(messages)].filter((message) => RAW.test(message))).toEqual([]);
    expect(messages.length).toBeGreaterThan(0);
  });

  it('finds zod’s own words where a schema is read without the formatter', () => {
    const { error } = z.strictObject({ n: z.number().min(3) }).safeParse({ n: 1, other: 1 });
    expect(error?.issues.map(({ message }) => RAW.test(message))).toEqual([true, true]);
  });

  it('names the fault within the form that a value is nearest to', () => {
    const schema = z.object({ place: z.union([z.strictObject({ lat: z.number().max(90) }), z.null()]) });
    expect(messagesOf((input) => parseBody(schema, input), { place: { lat: 91 } }).slice(1)).toEqual([
      'must be at most 90',
    ]);
  });
});
