import { describe, expect, it } from '@jest/globals';
import { readRetryAfterMs } from './retry-after.js';

const now = new Date('2026-11-20T10:00:00.000Z');

describe('readRetryAfterMs', () => {
  it.each([
    ['3', 3_000],
    ['1.5', 1_500],
    [' 7 ', 7_000],
    ['Fri, 20 Nov 2026 10:00:42 GMT', 42_000],
    ['0', 250],
    ['Fri, 20 Nov 2026 09:00:00 GMT', 250],
    ['99999999', 86_400_000],
    ['soon', null],
    ['-5', 250],
    ['', null],
    [undefined, null],
  ])('reads %p as %p ms', (header, expected) => {
    expect(readRetryAfterMs(header, now)).toBe(expected);
  });
});
