import { describe, expect, it } from '@jest/globals';
import { readHttpDateMs, readRetryAfterMs } from './retry-after.js';

const now = Date.parse('2026-11-20T10:00:00.000Z');

describe('readRetryAfterMs', () => {
  it.each([
    ['3', 3_000],
    ['1.5', 1_500],
    [' 7 ', 7_000],
    ['0.0001', 1],
    ['Fri, 20 Nov 2026 10:00:42 GMT', 42_000],
    ['Friday, 20-Nov-26 10:00:42 GMT', 42_000],
    ['Fri Nov 20 10:00:42 2026', 42_000],
  ])('reads %p as %p ms', (header, expected) => {
    expect(readRetryAfterMs(header, now)).toBe(expected);
  });

  it.each([
    [undefined],
    [''],
    ['0'],
    ['-5'],
    ['+5'],
    ['5e3'],
    ['0x20'],
    ['1,5'],
    ['60, 60'],
    ['60 seconds'],
    ['2030-01-01T00:00:00Z'],
    ['Nov 2030'],
    ['soon'],
    ['Infinity'],
    ['9'.repeat(400)],
    ['Fri, 20 Nov 2026 09:00:00 GMT'],
    ['Fri, 20 Nov 2030 10:00:42 PST'],
    ['Fri, 20 Xyz 2030 10:00:42 GMT'],
  ])('finds no wait in %p', (header) => {
    expect(readRetryAfterMs(header, now)).toBeNull();
  });
});

describe('readHttpDateMs', () => {
  it.each([['2026'], ['-5'], ['1 2 3'], [undefined]])('takes %p for no date', (header) => {
    expect(readHttpDateMs(header)).toBeNull();
  });
});
