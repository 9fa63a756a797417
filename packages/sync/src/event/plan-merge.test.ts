import { describe, expect, it } from '@jest/globals';
import { type Base, type EventState, toEventState } from '@luma-sync/domain';
import type { SyncEvent } from '@luma-sync/store';
import { agreedOn, anEvent } from '../../test/builders.js';
import { planEventMerge } from './plan-merge.js';

const base = agreedOn(anEvent());
const seen = base.luma;
const T0 = Date.parse('2030-01-01T00:00:00.000Z');
const merge = (event: SyncEvent, known: Base<EventState>, observed: Partial<EventState>, afterMs = 0) =>
  planEventMerge(event, known, observed, new Date(T0 + afterMs));

describe('merging what Luma shows', () => {
  it('finds nothing changed in what both sides agreed on', () => {
    expect(merge(anEvent(), base, seen)).toMatchObject({
      changed: false,
      takenFields: [],
      sendFields: [],
      conflicts: [],
    });
  });

  it('takes over what only Luma changed, and has agreed on it', () => {
    const plan = merge(anEvent(), base, { ...seen, title: 'Theirs' });
    expect(plan).toMatchObject({ changed: true, take: { title: 'Theirs' }, takenFields: ['title'], conflicts: [] });
    expect([plan.base.ours.title, plan.base.luma.title]).toEqual(['Theirs', 'Theirs']);
  });

  it('keeps a change of ours as one until Luma has it', () => {
    const event = anEvent({ revision: 2, title: 'Ours' });
    const plan = merge(event, base, { ...seen, description: 'Theirs' });
    expect(plan).toMatchObject({ sendFields: ['title'], takenFields: ['description'] });
    expect(plan.base.ours.title).toBe('Meetup');
    const again = merge({ ...event, ...plan.take }, plan.base, { ...seen, description: 'Theirs' });
    expect(again).toMatchObject({ changed: false, sendFields: ['title'], takenFields: [] });
  });

  it.each([
    ['app', 'ours', ['title'], []],
    ['luma', 'theirs', [], ['title']],
  ] as const)('tells a conflict once, and an event of %s keeps %s', (source, kept, sendFields, takenFields) => {
    const event = anEvent({ source, revision: 2, title: 'Ours' });
    const theirs = { ...seen, title: 'Theirs' };
    const plan = merge(event, base, theirs);
    expect(plan).toMatchObject({ changed: true, sendFields, takenFields });
    expect(plan.conflicts).toEqual([{ field: 'title', base: 'Meetup', ours: 'Ours', theirs: 'Theirs', kept }]);
    const again = merge({ ...event, ...plan.take }, plan.base, theirs);
    expect(again).toMatchObject({ changed: false, conflicts: [], sendFields });
  });

  it('still replaces what a host said when the app goes back to what both once agreed on', () => {
    const theirs = { ...seen, title: 'Theirs' };
    const { base: known } = merge(anEvent({ revision: 2, title: 'Ours' }), base, theirs);
    const back = merge(anEvent({ revision: 3 }), known, theirs);
    expect(back).toMatchObject({ sendFields: ['title'], takenFields: [], conflicts: [] });
  });

  it('remembers of what it took over that an earlier request may still replace it, until that is over', () => {
    const event = anEvent({ source: 'luma', revision: 2, title: 'Ours' });
    const asked = { ...base, asked: { title: 'Ours' } };
    const took = merge(event, asked, { ...seen, title: 'Theirs' });
    expect(took).toMatchObject({
      takenFields: ['title'],
      base: { asked: { title: 'Ours' }, taken: { title: 'Theirs' } },
    });
    const now = { ...event, ...took.take };
    // It came in late.
    const replaced = merge(now, took.base, { ...seen, title: 'Ours' });
    expect(replaced).toMatchObject({ sendFields: ['title'], takenFields: [], base: { taken: { title: 'Theirs' } } });
    const putBack = merge(now, replaced.base, { ...seen, title: 'Theirs' });
    expect(putBack).toMatchObject({ sendFields: [], takenFields: [] });
    expect(putBack.base).not.toHaveProperty('taken');
  });

  it.each([
    ['puts back what a host said', 'while it is news', 11, ['title'], [], { title: 'Theirs' }],
    ['takes it for a host’s', 'when it is none any more', 12, [], ['title'], undefined],
  ])('%s where the first of a repeated request seems to come in, %s', (_what, _when, minutes, sends, takes, taken) => {
    const event = anEvent({ revision: 2, title: 'Ours' });
    // The later one may arrive for two minutes; news of it for ten more.
    const mayArriveUntil = ['2030-01-01T00:00:10.000Z', '2030-01-01T00:02:00.000Z'];
    const came = merge(event, { ...base, asked: { title: 'Ours' }, mayArriveUntil }, { ...seen, title: 'Ours' });
    const took = merge(event, came.base, { ...seen, title: 'Theirs' }, 5_000);
    expect(took).toMatchObject({ takenFields: ['title'], base: { taken: { title: 'Theirs' } } });
    const late = merge({ ...event, ...took.take }, took.base, { ...seen, title: 'Ours' }, minutes * 60_000);
    expect(late).toMatchObject({ sendFields: sends, takenFields: takes, conflicts: [] });
    expect(late.base.taken).toEqual(taken);
  });

  it('leaves a host their second thought, once a look has shown that no request came in any more', () => {
    const event = anEvent({ revision: 2, title: 'Ours' });
    const mayArriveUntil = ['2030-01-01T00:00:10.000Z', '2030-01-01T00:02:00.000Z'];
    const came = merge(event, { ...base, asked: { title: 'Ours' }, mayArriveUntil }, { ...seen, title: 'Ours' });
    const took = merge(event, came.base, { ...seen, title: 'Theirs' }, 3 * 60_000);
    expect(took.takenFields).toEqual(['title']);
    expect(took.base).not.toHaveProperty('taken');
    const back = merge({ ...event, ...took.take }, took.base, { ...seen, title: 'Ours' }, 4 * 60_000);
    expect(back).toMatchObject({ takenFields: ['title'], sendFields: [] });
  });

  it('has nothing to send when the app says after a conflict what the host said', () => {
    const theirs = { ...seen, title: 'Theirs' };
    const { base: known } = merge(anEvent({ revision: 2, title: 'Ours' }), base, theirs);
    const alike = merge(anEvent({ revision: 3, title: 'Theirs' }), known, theirs);
    expect(alike).toMatchObject({ sendFields: [], takenFields: [], conflicts: [] });
  });

  it('shows a cancelled event again as the app has it, whatever a host made of it before it was hidden', () => {
    const opened = { ...seen, visibility: 'members-only' as const };
    const cancelled = anEvent({ source: 'luma', revision: 2, approval: 'cancelled' });
    const { base: known, conflicts } = merge(cancelled, base, opened);
    expect(conflicts).toMatchObject([{ field: 'visibility', kept: 'ours' }]);
    const back = merge(anEvent({ source: 'luma', revision: 3 }), known, opened);
    expect(back).toMatchObject({ sendFields: ['visibility'], takenFields: [], conflicts: [] });
  });

  it('never takes a field Luma did not show, and keeps what was known of it', () => {
    const { description: _, ...listed } = seen;
    const plan = merge(anEvent(), base, listed);
    expect(plan).toMatchObject({ changed: false, takenFields: [] });
    expect(plan.base.luma.description).toBe('Hello');
  });

  it('notes a field that Luma shows for the first time, without taking it for news', () => {
    const plan = merge(anEvent(), base, { ...seen, capacity: 40 });
    expect(plan).toMatchObject({ changed: true, takenFields: [], sendFields: [], conflicts: [] });
    expect(plan.base.luma.capacity).toBe(40);
  });

  it('writes nothing for coordinates that were merely rounded', () => {
    const rounded = { ...seen, coordinate: { lat: 48.100004, lng: 11.5 } };
    const first = merge(anEvent(), base, rounded);
    expect(first).toMatchObject({ takenFields: [], sendFields: [] });
    expect(merge(anEvent(), first.base, rounded).changed).toBe(false);
  });

  describe('while a request of ours is under way', () => {
    const event = anEvent({ revision: 2, title: 'Ours' });
    const asked: Base<EventState> = { ...base, asked: { title: 'Ours' } };

    it('knows its effect as our own doing', () => {
      const plan = merge(event, asked, { ...seen, title: 'Ours' });
      expect(plan).toMatchObject({ changed: true, takenFields: [], sendFields: [], conflicts: [] });
      expect(plan.base.asked).toBeUndefined();
      expect([plan.base.ours.title, plan.base.luma.title]).toEqual(['Ours', 'Ours']);
    });

    it('does not give up a newer edit for it', () => {
      const newer = { ...event, revision: 3, title: 'Newer' };
      const plan = merge(newer, asked, { ...seen, title: 'Ours' });
      expect(plan).toMatchObject({ takenFields: [], sendFields: ['title'], conflicts: [] });
    });

    it('does not give up an edit that went back to where it began', () => {
      const plan = merge(anEvent({ revision: 3 }), asked, { ...seen, title: 'Ours' });
      expect(plan).toMatchObject({ takenFields: [], sendFields: ['title'], conflicts: [] });
    });

    it('remembers the request until its effect is seen', () => {
      const plan = merge(event, asked, { ...seen, description: 'Theirs' });
      expect(plan.base.asked).toEqual({ title: 'Ours' });
    });

    it('sees somebody else’s change of the same field as theirs', () => {
      const plan = merge(event, asked, { ...seen, title: 'Theirs' });
      expect(plan.conflicts).toHaveLength(1);
    });
  });

  it('leaves a hidden event hidden when Luma shows it so', () => {
    const cancelled = anEvent({ revision: 2, approval: 'cancelled' });
    const hidden: Base<EventState> = { ours: toEventState(cancelled), luma: { ...seen, visibility: 'private' } };
    expect(merge(cancelled, hidden, { ...seen, visibility: 'private' }).changed).toBe(false);
  });
});
