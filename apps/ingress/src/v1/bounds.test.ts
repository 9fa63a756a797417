import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { v1Routes } from './routes/all.js';

/** Formats whose texts cannot be long, whatever a schema says of their length. */
const SHORT_FORMATS: ReadonlySet<unknown> = new Set(['uuid']);

type Node = Record<string, unknown>;

/** @returns the path of every text, number and list in what a caller sends that may have any size. */
function findUnbounded(node: unknown, path: string): string[] {
  if (Array.isArray(node)) return node.flatMap((item, index) => findUnbounded(item, `${path}/${index}`));
  if (typeof node !== 'object' || node === null) return [];
  const schema = node as Node;
  const here = isBounded(schema) ? [] : [path];
  return [...here, ...Object.entries(schema).flatMap(([key, item]) => findUnbounded(item, `${path}/${key}`))];
}

function isBounded({
  type,
  format,
  enum: choices,
  const: only,
  maxLength,
  maxItems,
  minimum,
  maximum,
  ...rest
}: Node): boolean {
  if (choices !== undefined || only !== undefined) return true;
  switch (type) {
    case 'string':
      return maxLength !== undefined || SHORT_FORMATS.has(format) || isShort(rest.pattern);
    case 'number':
    case 'integer':
      return (minimum ?? rest.exclusiveMinimum) !== undefined && (maximum ?? rest.exclusiveMaximum) !== undefined;
    case 'array':
      return maxItems !== undefined;
    default:
      return true;
  }
}

/** An expression that counts what it takes, and takes nothing else: `^[\x21-\x7e]{1,500}$`. */
const isShort = (pattern: unknown): boolean =>
  typeof pattern === 'string' &&
  pattern.startsWith('^') &&
  pattern.endsWith('$') &&
  !/[*+]|\{\d+,\}/.test(pattern.replace(/\[[^\]]*\]/g, ''));

describe('what a caller may send', () => {
  it('every text, number and list has a bound', () => {
    const unbounded = v1Routes.flatMap(({ method, path, body, query, params, readCsv }) => {
      const parts = readCsv === undefined ? { body, query, params } : { query, params };
      return Object.entries(parts).flatMap(([part, schema]) =>
        findUnbounded(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }), `${method} ${path} ${part}`),
      );
    });
    expect([...new Set(unbounded)]).toEqual([]);
  });

  it('this test finds what has none', () => {
    const open = z.object({ a: z.string(), b: z.array(z.number()), c: z.string().regex(/^\d+$/) });
    expect(findUnbounded(z.toJSONSchema(open, { io: 'input' }), '')).toHaveLength(4);
  });
});
