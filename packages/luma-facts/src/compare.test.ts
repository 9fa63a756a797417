import { describe, expect, it } from '@jest/globals';
import { compareFacts, compareShapes } from './compare.js';
import { readJsonSchema } from './read-open-api.js';

const changes = (before: object, after: object) =>
  compareShapes(readJsonSchema(before), readJsonSchema(after)).map(
    ({ path, kind, what }) => `${kind} ${path}: ${what}`,
  );
const object = (properties: object, required: string[] = []) => ({ type: 'object', properties, required });
const text = { type: 'string' };

describe('two shapes', () => {
  it.each([
    ['a new field', object({}), object({ a: text }), ['added a: is new']],
    ['a new field that must be there', object({}), object({ a: text }, ['a']), ['added a: is new and must be there']],
    ['a field that is gone', object({ a: text }), object({}), ['removed a: is gone']],
    ['a field that may be absent', object({ a: text }, ['a']), object({ a: text }), ['widened a: may be absent']],
    ['null', object({ a: text }), object({ a: { type: ['string', 'null'] } }), ['widened a: may be null']],
    ['no null', { type: ['string', 'null'] }, text, ['narrowed : is never null']],
    ['another type', text, { type: 'number' }, ['changed : is number instead of string']],
    [
      'whole numbers',
      { type: 'number' },
      { type: 'integer', minimum: 0 },
      ['narrowed : is whole', 'narrowed : minimum is 0'],
    ],
    ['values', { enum: ['a', 'b'] }, { enum: ['b', 'c'] }, ['widened : may be c', 'narrowed : is never a']],
    ['a list of values', text, { enum: ['a'] }, ['narrowed : is one of a list']],
    ['a limit', { ...text, maxLength: 9 }, { ...text, maxLength: 8 }, ['narrowed : maxLength is 8']],
    [
      'no limit',
      { type: 'array', items: text, minItems: 1 },
      { type: 'array', items: text },
      ['widened : minItems is gone'],
    ],
    ['a pattern', { ...text, pattern: 'a' }, { ...text, pattern: 'b' }, ['changed : follows another pattern']],
    ['anything', text, {}, ['widened : is anything']],
    [
      'elements',
      { type: 'array', items: text },
      { type: 'array', items: { enum: ['a'] } },
      ['narrowed []: is one of a list'],
    ],
    ['the same', object({ a: text }), object({ a: text }), []],
  ])('that differ in %s', (_, before, after, expected) => {
    expect(changes(before, after)).toEqual(expected);
  });

  const kind = (value: string, fields: object) =>
    object({ kind: { const: value }, ...fields }, ['kind', ...Object.keys(fields)]);

  it('of a union are compared variant by variant, however the variants are grouped', () => {
    const before = { oneOf: [kind('a', {}), kind('b', {}), kind('c', { n: text })] };
    const after = { oneOf: [kind('a', {}), kind('b', { m: text }), kind('d', {})] };
    expect(changes(before, after)).toEqual([
      'added <kind=a+1>.m: is new and must be there',
      'narrowed : is never of kind c',
      'widened : may be of kind d',
    ]);
  });

  it('of a union without a telling field are compared with what is closest', () => {
    const fields = { id: text, access: text, name: text };
    const before = { anyOf: [kind('luma', fields), kind('external', { url: text })] };
    const view = object({ kind: { const: 'luma' }, id: text, access: { const: 'view' } }, ['kind', 'id', 'access']);
    const manage = kind('luma', { ...fields, spots: text });
    expect(changes(before, { anyOf: [view, manage, kind('external', { url: text })] })).toEqual([
      'added <kind=luma>.spots: is new and must be there',
      'widened : may be access=view,kind=luma',
    ]);
  });
});

it('parts that come and go are one change each', () => {
  const shape = readJsonSchema(object({ a: text }));
  const facts = (part: string) => new Map([[part, shape]]);
  expect(compareFacts(facts('GET /v1/a answer'), facts('GET /v1/b answer'))).toEqual([
    { part: 'GET /v1/a answer', path: '', kind: 'removed', what: 'is gone' },
    { part: 'GET /v1/b answer', path: '', kind: 'added', what: 'is new' },
  ]);
});
