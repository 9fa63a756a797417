import { describe, expect, it } from '@jest/globals';
import { nextSlot, previousSlot, slotsBetween } from './schedule-runner.js';
import { SCHEDULES } from './schedules.js';

describe('newest slot of a pattern', () => {
  it.each([
    // pattern, now, slot
    ['*/15 * * * *', '2026-03-01T10:07:00.000Z', '2026-03-01T10:00:00.000Z'],
    ['*/15 * * * *', '2026-03-01T10:15:00.000Z', '2026-03-01T10:15:00.000Z'],
    ['*/15 * * * *', '2026-03-01T10:15:00.400Z', '2026-03-01T10:15:00.000Z'],
    // A tick that comes a moment early by this clock stands for the moment it was meant for.
    ['*/15 * * * *', '2026-03-01T10:14:59.500Z', '2026-03-01T10:15:00.000Z'],
    ['*/15 * * * *', '2026-03-01T10:14:58.000Z', '2026-03-01T10:00:00.000Z'],
    ['*/15 * * * *', '2026-03-01T00:00:00.000Z', '2026-03-01T00:00:00.000Z'],
    ['0 */6 * * *', '2026-03-01T05:59:00.000Z', '2026-03-01T00:00:00.000Z'],
    ['0 4 * * 0', '2026-03-04T12:00:00.000Z', '2026-03-01T04:00:00.000Z'],
    ['0 4 * * 0', '2026-03-01T03:59:00.000Z', '2026-02-22T04:00:00.000Z'],
    ['30 2 * * *', '2027-01-01T01:00:00.000Z', '2026-12-31T02:30:00.000Z'],
  ])('%s at %s', (pattern, now, slot) => {
    expect(previousSlot(pattern, new Date(now)).toISOString()).toBe(slot);
  });

  it('stays the same until the next one, so that a slot is never named twice', () => {
    for (const { pattern } of SCHEDULES) {
      const slot = previousSlot(pattern, new Date('2026-03-04T12:34:56.789Z'));
      expect(previousSlot(pattern, slot)).toEqual(slot);
      expect(previousSlot(pattern, new Date(slot.getTime() + 60_000))).toEqual(slot);
    }
  });
});

describe('slots that nobody fired', () => {
  const at = (time: string) => new Date(`2026-03-01T${time}:00.000Z`);
  const between = (from: string, to: string) =>
    slotsBetween('*/15 * * * *', at(from), at(to)).map((slot) => slot.toISOString().slice(11, 16));

  it('are those after the last known one and before the one that fires, newest first', () => {
    expect(between('10:00', '11:00')).toEqual(['10:45', '10:30', '10:15']);
    expect(between('10:45', '11:00')).toEqual([]);
    expect(between('11:00', '11:00')).toEqual([]);
    expect(nextSlot('*/15 * * * *', at('10:15'))).toEqual(at('10:30'));
  });

  it('are at most a thousand, however long nobody was there', () => {
    expect(slotsBetween('* * * * *', new Date('2020-01-01T00:00:00.000Z'), at('10:00'))).toHaveLength(1_000);
  });
});
