import { describe, expect, it } from '@jest/globals';
import { type Base, type EventState, toEventState } from '@luma-sync/domain';
import { agreedOn, anEvent } from '../../test/builders.js';
import { planEventMerge } from './plan-merge.js';

const base = agreedOn(anEvent());
const seen = base.luma;

describe('merging what Luma shows', () => {
  it('finds nothing changed in what both sides agreed on', () => {
    expect(planEventMerge(anEvent(), base, seen)).toMatchObject({
      changed: false,
      takenFields: [],
      sendFields: [],
      conflicts: [],
    });
  });

  it('takes over what only Luma changed, and has agreed on it', () => {
    const plan = planEventMerge(anEvent(), base, { ...seen, title: 'Theirs' });
    expect(plan).toMatchObject({ changed: true, take: { title: 'Theirs' }, takenFields: ['title'], conflicts: [] });
    expect([plan.base.ours.title, plan.base.luma.title]).toEqual(['Theirs', 'Theirs']);
  });

  it('keeps a change of ours as one until Luma has it', () => {
    const event = anEvent({ revision: 2, title: 'Ours' });
    const plan = planEventMerge(event, base, { ...seen, description: 'Theirs' });
    expect(plan).toMatchObject({ sendFields: ['title'], takenFields: ['description'] });
    expect(plan.base.ours.title).toBe('Meetup');
    const again = planEventMerge({ ...event, ...plan.take }, plan.base, { ...seen, description: 'Theirs' });
    expect(again).toMatchObject({ changed: false, sendFields: ['title'], takenFields: [] });
  });

  it.each([
    ['app', 'ours', ['title'], []],
    ['luma', 'theirs', [], ['title']],
  ] as const)('tells a conflict once, and an event of %s keeps %s', (source, kept, sendFields, takenFields) => {
    const event = anEvent({ source, revision: 2, title: 'Ours' });
    const theirs = { ...seen, title: 'Theirs' };
    const plan = planEventMerge(event, base, theirs);
    expect(plan).toMatchObject({ changed: true, sendFields, takenFields });
    expect(plan.conflicts).toEqual([{ field: 'title', base: 'Meetup', ours: 'Ours', theirs: 'Theirs', kept }]);
    const again = planEventMerge({ ...event, ...plan.take }, plan.base, theirs);
    expect(again).toMatchObject({ changed: false, conflicts: [], sendFields });
  });

  it('still replaces what a host said when the app goes back to what both once agreed on', () => {
    const theirs = { ...seen, title: 'Theirs' };
    const { base: known } = planEventMerge(anEvent({ revision: 2, title: 'Ours' }), base, theirs);
    const back = planEventMerge(anEvent({ revision: 3 }), known, theirs);
    expect(back).toMatchObject({ sendFields: ['title'], takenFields: [], conflicts: [] });
  });

  it('remembers of what it took over that an earlier request may still replace it, until that is over', () => {
    const event = anEvent({ source: 'luma', revision: 2, title: 'Ours' });
    const asked = { ...base, asked: { title: 'Ours' } };
    const took = planEventMerge(event, asked, { ...seen, title: 'Theirs' });
    expect(took).toMatchObject({
      takenFields: ['title'],
      base: { asked: { title: 'Ours' }, taken: { title: 'Theirs' } },
    });
    const now = { ...event, ...took.take };
    // It came in late.
    const replaced = planEventMerge(now, took.base, { ...seen, title: 'Ours' });
    expect(replaced).toMatchObject({ sendFields: ['title'], takenFields: [], base: { taken: { title: 'Theirs' } } });
    const putBack = planEventMerge(now, replaced.base, { ...seen, title: 'Theirs' });
    expect(putBack).toMatchObject({ sendFields: [], takenFields: [] });
    expect(putBack.base).not.toHaveProperty('taken');
  });

  it('has nothing to send when the app says after a conflict what the host said', () => {
    const theirs = { ...seen, title: 'Theirs' };
    const { base: known } = planEventMerge(anEvent({ revision: 2, title: 'Ours' }), base, theirs);
    const alike = planEventMerge(anEvent({ revision: 3, title: 'Theirs' }), known, theirs);
    expect(alike).toMatchObject({ sendFields: [], takenFields: [], conflicts: [] });
  });

  it('shows a cancelled event again as the app has it, whatever a host made of it before it was hidden', () => {
    const opened = { ...seen, visibility: 'members-only' as const };
    const cancelled = anEvent({ source: 'luma', revision: 2, approval: 'cancelled' });
    const { base: known, conflicts } = planEventMerge(cancelled, base, opened);
    expect(conflicts).toMatchObject([{ field: 'visibility', kept: 'ours' }]);
    const back = planEventMerge(anEvent({ source: 'luma', revision: 3 }), known, opened);
    expect(back).toMatchObject({ sendFields: ['visibility'], takenFields: [], conflicts: [] });
  });

  it('never takes a field Luma did not show, and keeps what was known of it', () => {
    const { description: _, ...listed } = seen;
    const plan = planEventMerge(anEvent(), base, listed);
    expect(plan).toMatchObject({ changed: false, takenFields: [] });
    expect(plan.base.luma.description).toBe('Hello');
  });

  it('notes a field that Luma shows for the first time, without taking it for news', () => {
    const plan = planEventMerge(anEvent(), base, { ...seen, capacity: 40 });
    expect(plan).toMatchObject({ changed: true, takenFields: [], sendFields: [], conflicts: [] });
    expect(plan.base.luma.capacity).toBe(40);
  });

  it('writes nothing for coordinates that were merely rounded', () => {
    const rounded = { ...seen, coordinate: { lat: 48.100004, lng: 11.5 } };
    const first = planEventMerge(anEvent(), base, rounded);
    expect(first).toMatchObject({ takenFields: [], sendFields: [] });
    expect(planEventMerge(anEvent(), first.base, rounded).changed).toBe(false);
  });

  describe('while a request of ours is in flight', () => {
    const event = anEvent({ revision: 2, title: 'Ours' });
    const asked: Base<EventState> = { ...base, asked: { title: 'Ours' } };

    it('knows its effect as our own doing', () => {
      const plan = planEventMerge(event, asked, { ...seen, title: 'Ours' });
      expect(plan).toMatchObject({ changed: true, takenFields: [], sendFields: [], conflicts: [] });
      expect(plan.base.asked).toBeUndefined();
      expect([plan.base.ours.title, plan.base.luma.title]).toEqual(['Ours', 'Ours']);
    });

    it('does not give up a newer edit for it', () => {
      const newer = { ...event, revision: 3, title: 'Newer' };
      const plan = planEventMerge(newer, asked, { ...seen, title: 'Ours' });
      expect(plan).toMatchObject({ takenFields: [], sendFields: ['title'], conflicts: [] });
    });

    it('does not give up an edit that went back to where it began', () => {
      const plan = planEventMerge(anEvent({ revision: 3 }), asked, { ...seen, title: 'Ours' });
      expect(plan).toMatchObject({ takenFields: [], sendFields: ['title'], conflicts: [] });
    });

    it('remembers the request until its effect is seen', () => {
      const plan = planEventMerge(event, asked, { ...seen, description: 'Theirs' });
      expect(plan.base.asked).toEqual({ title: 'Ours' });
    });

    it('sees somebody else’s change of the same field as theirs', () => {
      const plan = planEventMerge(event, asked, { ...seen, title: 'Theirs' });
      expect(plan.conflicts).toHaveLength(1);
    });
  });

  it('leaves a hidden event hidden when Luma shows it so', () => {
    const cancelled = anEvent({ revision: 2, approval: 'cancelled' });
    const hidden: Base<EventState> = { ours: toEventState(cancelled), luma: { ...seen, visibility: 'private' } };
    expect(planEventMerge(cancelled, hidden, { ...seen, visibility: 'private' }).changed).toBe(false);
  });
});
