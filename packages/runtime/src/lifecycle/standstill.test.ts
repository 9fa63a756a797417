import { describe, expect, it } from '@jest/globals';
import { Standstill } from './standstill.js';

describe('Standstill', () => {
  it('lasts from the last time the count moved', () => {
    const standstill = new Standstill(100);
    expect([standstill.look(1, 0), standstill.look(1, 100), standstill.look(1, 200)]).toEqual([0, 100, 200]);
    expect([standstill.look(2, 300), standstill.look(2, 400)]).toEqual([0, 100]);
  });

  it('does not count time in which nobody looked: the whole process was stopped', () => {
    const standstill = new Standstill(100);
    standstill.look(1, 0);
    expect(standstill.look(1, 60_000)).toBe(200);
  });
});
