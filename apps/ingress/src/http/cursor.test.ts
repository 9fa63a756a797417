import { describe, expect, it } from '@jest/globals';
import { decodeCursor, decodeNumberCursor, encodeCursor, encodeNumberCursor } from './cursor.js';

const id = '0190f3a2-7c1d-4e5f-8a9b-0123456789ab';
const encode = (text: string) => Buffer.from(text).toString('base64url');

describe('cursors', () => {
  it('come back as they were made', () => {
    const end = { at: new Date('2027-01-05T18:00:00.123Z'), id };
    expect(decodeCursor(encodeCursor(end))).toEqual(end);
    expect(decodeNumberCursor(encodeNumberCursor(12n))).toBe(12n);
    expect([decodeCursor(undefined), decodeNumberCursor(undefined)]).toEqual([undefined, null]);
  });

  it.each([
    ['nothing', ''],
    ['a moment before any that Postgres knows', `-999999999999999 ${id}`],
    ['a moment after all of ours', `999999999999999 ${id}`],
    ['an id that is none', `0 ${'-'.repeat(36)}`],
    ['a part too many', `0 ${id} 1`],
    ['a text', `soon ${id}`],
  ])('are refused when they hold %s, before the database is asked', (_what, text) => {
    expect(() => decodeCursor(encode(text))).toThrow('a parameter does not fit');
  });

  it.each(['', '-1', '1e3', '9'.repeat(19)])('of numbers are refused: %j', (text) => {
    expect(() => decodeNumberCursor(encode(text))).toThrow('a parameter does not fit');
  });
});
