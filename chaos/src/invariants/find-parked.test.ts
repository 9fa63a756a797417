import { describe, expect, it } from '@jest/globals';
import type { Poison } from '../plan/poison.js';
import { findLastError, findParked, type PoisonTrace } from './find-parked.js';
import type { OurEvent } from './read-sides.js';

const poison: Poison = { target: 'event', death: 'kill', event: 200, person: 'poison-200', innocents: [201, 202] };
const itself = { id: 'a', job: 'event.push', externalId: 'event-200', code: 'operation.crashed', at: 61_000 };
const lastError = { code: 'operation.crashed', message: '', at: '', nextTryAt: '2030-01-01T00:10:00.000Z' };
const trace: PoisonTrace = { deathsAt: [1_000, 20_000], parked: [itself], done: ['event-201', 'event-202'], lastError };
const find = (change: Partial<PoisonTrace> = {}) => findParked(poison, { ...trace, ...change });

describe('the poison', () => {
  it('alone is parked, within ten minutes, and what ran beside it is done', () => {
    expect(find()).toEqual({ parked: [], poison: [] });
  });

  it('is missed when it killed nobody', () => {
    expect(find({ deathsAt: [] }).poison).toEqual([expect.stringContaining('killed no process')]);
  });

  it('is found when it was never parked', () => {
    expect(find({ parked: [] }).poison).toEqual([expect.stringContaining('not parked after 2 deaths')]);
  });

  it('is found when it was parked late', () => {
    const late = { ...itself, at: 1_000 + 600_001 };
    expect(find({ parked: [late] }).poison).toEqual([expect.stringContaining('600 s after its first death')]);
  });

  it('is found when an operation beside it was not done', () => {
    expect(find({ done: ['event-202'] }).poison).toEqual([expect.stringContaining('1 of 2 operations')]);
  });
});

describe('the record of the poison', () => {
  it('says why it is late and when it is tried again', () => {
    expect(find({ lastError: null }).poison).toEqual([expect.stringContaining('does not say why')]);
    expect(find({ lastError: { ...lastError, nextTryAt: null } }).poison).toHaveLength(1);
  });

  it('is its event, or its guest', () => {
    const other = { email: 'other@example.org', sync: { lastError: null } };
    const guest = { email: 'poison-200@example.org', sync: { lastError } };
    const event = { externalId: 'event-200', sync: { lastError: null } };
    const ours = [{ event, rsvps: [other, guest] }] as unknown as OurEvent[];
    expect(findLastError(poison, ours)).toBeNull();
    expect(findLastError({ ...poison, target: 'guest' }, ours)).toEqual(lastError);
    expect(findLastError(null, ours)).toBeNull();
  });
});

describe('what was parked and is not the poison', () => {
  it('is found when it ran beside the poison, although it was done later', () => {
    const innocent = { ...itself, id: 'b', externalId: 'event-201' };
    expect(find({ parked: [itself, innocent] }).parked).toEqual([expect.stringContaining('beside the poison')]);
  });

  it('is found when it is about the poison’s event and does other work', () => {
    const pull = { ...itself, id: 'c', job: 'guest.pull' };
    expect(find({ parked: [itself, pull] }).parked).toEqual([expect.stringContaining('guest.pull c of event-200')]);
  });

  it('is found when it is about no event of the app', () => {
    const check = { ...itself, id: 'd', job: 'drift.check', externalId: null };
    expect(find({ parked: [itself, check] }).parked).toEqual([expect.stringContaining('drift.check d')]);
  });

  it('is found in a run without a poison', () => {
    expect(findParked(null, trace)).toEqual({ parked: [expect.stringContaining('event.push a')], poison: [] });
  });
});
