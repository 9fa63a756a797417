import { describe, expect, it } from '@jest/globals';
import { documentedEvent, documentedGuest } from '@luma-sync/testkit/luma-fixtures';
import fc from 'fast-check';
import { lumaErrorBodySchema } from './answers/error-body.js';
import { lumaEventSchema } from './answers/event.js';
import { lumaGuestSchema } from './answers/guest.js';
import { parseListPage } from './answers/list-page.js';

import { BeyondBound, findBeyond, readJson } from './read-json.js';
import { readRecord } from './reading.js';

const read = (value: unknown): unknown => readJson(JSON.stringify(value));

describe('readJson', () => {
  it('gives what JSON.parse gives, for everything within bounds', () => {
    fc.assert(
      fc.property(fc.object({ values: [fc.string(), fc.boolean(), fc.integer(), fc.constant(null)] }), (value) => {
        const text = JSON.stringify(value);
        expect(readJson(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('keeps a record whose texts are long, as Luma has them', () => {
    const long = { ...documentedEvent, name: 'x'.repeat(403), description_md: 'y'.repeat(60_000) };
    expect(lumaEventSchema.parse(read(long))).toMatchObject({ name: long.name, description_md: long.description_md });
  });

  it.each([
    ['a description', { description_md: 'x'.repeat(250_001) }, 'description_md'],
    ['a link', { meeting_url: `https://x.example/${'x'.repeat(4_000)}` }, 'meeting_url'],
    ['a list', { tags: Array.from({ length: 2_001 }, () => ({ id: 'tag-1', name: 'a' })) }, 'tags'],
  ])('%s that is beyond its bound is unknown, and the record is read', (_what, over, field) => {
    const event = lumaEventSchema.parse(read({ ...documentedEvent, ...over }));
    expect(event).toMatchObject({ id: documentedEvent.id, name: documentedEvent.name });
    expect(event[field as keyof typeof event]).toBeUndefined();
  });

  it.each([
    ['a name', { name: 'x'.repeat(5_001) }],
    ['a start', { start_at: `2027-01-05T18:00:00.${'0'.repeat(50)}Z` }],
    ['an id', { id: 'x'.repeat(201) }],
  ])('%s that is beyond its bound makes this record unreadable, and no other', (_what, over) => {
    const page = parseListPage(
      read({ entries: [documentedEvent, { ...documentedEvent, ...over }, documentedEvent], has_more: false }),
      lumaEventSchema,
    );
    expect(page.entries).toHaveLength(2);
  });

  it('a number that JavaScript does not keep apart from its neighbours is none', () => {
    expect(readJson('{"amount":1e300,"max_capacity":1e300}')).toEqual({
      amount: expect.any(BeyondBound),
      max_capacity: 1e300,
    });
  });

  it('a guest whose address is longer than any is unreadable', () => {
    const guest = { ...documentedGuest, user_email: `${'x'.repeat(3_000)}@example.org` };
    expect(lumaGuestSchema.safeParse(read(guest)).success).toBe(false);
  });

  it('cuts an answer to a question, and the message of a refusal', () => {
    const answers = [{ question_id: 'q', value: 'x'.repeat(50_000) }];
    const guest = lumaGuestSchema.parse(read({ ...documentedGuest, registration_answers: answers }));
    expect(guest.registration_answers?.[0]?.value).toBe('x'.repeat(20_000));
    expect(lumaErrorBodySchema.parse(read({ message: 'no '.repeat(50_000), code: null })).message).toHaveLength(20_000);
  });

  it('replaces what Postgres cannot keep, in keys and values', () => {
    expect(readJson('{"a\\u0000":"b\\ud800c","d":["\\ud83d\\ude00"]}')).toEqual({ 'a\ufffd': 'b\ufffdc', d: ['😀'] });
  });

  it('reads a value that nests deeply as beyond its bound, and refuses a body that nests without end', () => {
    const nest = (depth: number): string => `${'['.repeat(depth)}1${']'.repeat(depth)}`;
    const record = readJson(`{"id":"evt-1","odd":${nest(100)}}`) as { id: string; odd: unknown };
    expect(record.id).toBe('evt-1');
    expect(JSON.stringify(record.odd)).toContain('[too_deep]');
    expect(() => readJson(nest(501))).toThrow(SyntaxError);
    expect(() => readJson('['.repeat(1_000_000))).toThrow(SyntaxError);
  });

  it('a field beyond its bound is noted as too long', () => {
    const long = read({ ...documentedEvent, description_md: 'x'.repeat(250_001) });
    expect(readRecord(lumaEventSchema, long)).toMatchObject({
      ok: true,
      notes: [{ path: 'description_md', reason: 'too_long' }],
    });
    expect(readRecord(lumaEventSchema, read({ ...documentedEvent, name: 'x'.repeat(5_001) }))).toMatchObject({
      ok: false,
      notes: [{ path: 'name', reason: 'too_long' }],
    });
  });

  it('is kept as a word where a record is stored as it came', () => {
    expect(JSON.stringify({ name: new BeyondBound('too_long') })).toBe('{"name":"[too_long]"}');
  });
});

describe('findBeyond', () => {
  it.each([
    ['[[1]]', null],
    ['[[[1]]]', 'too_deep'],
    ['["[[[["]', null],
    ['["\\"[[[["]', null],
    ['[{},{},{}]', null],
    ['[1,2,3,4]', 'too_many'],
    ['{"a":[1,2],"b":[3]}', null],
    ['{"a":[1,2],"b":[3,4]}', 'too_many'],
    ['["1,2,3,4"]', null],
    ['["', null],
    ['["\\', null],
  ])('%s: %p', (text, expected) => {
    expect(findBeyond(text, { depthMax: 2, valuesMax: 3 })).toBe(expected);
  });
});
