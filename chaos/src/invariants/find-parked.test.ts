import { describe, expect, it } from '@jest/globals';
import type { Poison } from '../plan/poison.js';
import { findParked, type PoisonTrace } from './find-parked.js';

const poison: Poison = { target: 'event', death: 'kill', event: 200, person: 'poison-200', innocents: [201, 202] };
const itself = { id: 'a', job: 'event.push', externalId: 'event-200', code: 'operation.crashed', at: 61_000 };
const trace: PoisonTrace = { deathsAt: [1_000, 20_000], parked: [itself], done: ['event-201', 'event-202'] };
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
