import { describe, expect, it } from '@jest/globals';
import { toEventState } from '@luma-sync/domain';
import { agreedOn, aLink, anEvent } from '../../test/builders.js';
import { planEventPush } from './plan.js';

const base = agreedOn(anEvent());
const notCreated = aLink({
  lumaEventId: null,
  base: null,
  pushedRevision: 0,
  createAskedAt: null,
  state: 'pending_push',
});
const maybeCreated = { ...notCreated, createAskedAt: new Date(0) };

describe('what a push has to do', () => {
  it.each([
    ['a foreign event', anEvent({ ownership: 'referenced' }), aLink(), 'referenced'],
    ['a draft', anEvent({ approval: 'draft' }), null, 'not-approved'],
    ['one that waits for approval', anEvent({ approval: 'pending' }), null, 'not-approved'],
    ['one that is gone at Luma', anEvent(), aLink({ state: 'source_deleted' }), 'source-deleted'],
    ['one cancelled before it went out', anEvent({ approval: 'cancelled' }), null, 'never-published'],
    ['one cancelled after its calendar was pinned', anEvent({ approval: 'cancelled' }), notCreated, 'never-published'],
    ['one that Luma has as it is', anEvent(), aLink(), 'already-pushed'],
  ])('nothing for %s', (_, event, link, reason) => {
    expect(planEventPush(event, link)).toEqual({ kind: 'skip', reason });
  });

  it.each([
    ['a new event', anEvent(), null, false, true],
    ['one that was never asked for', anEvent(), notCreated, false, true],
    ['one whose answer may be lost', anEvent(), maybeCreated, true, true],
    // It may stand there for all to see, so it is looked for; but nobody needs a new, hidden one.
    ['a cancelled one whose answer may be lost', anEvent({ approval: 'cancelled' }), maybeCreated, true, false],
  ])('create for %s', (_, event, link, mayExist, mayCreate) => {
    expect(planEventPush(event, link)).toEqual({ kind: 'create', mayExist, mayCreate, state: toEventState(event) });
  });

  it('sends what changed since both sides agreed, and nothing else', () => {
    const plan = planEventPush(anEvent({ revision: 2, title: 'New', capacity: null }), aLink());
    expect(plan).toEqual({
      kind: 'update',
      lumaEventId: 'evt-1',
      send: { title: 'New', capacity: null },
      base,
      readFirst: false,
    });
  });

  it('hides a cancelled event', () => {
    const plan = planEventPush(anEvent({ revision: 2, approval: 'cancelled' }), aLink());
    expect(plan).toMatchObject({ kind: 'update', send: { visibility: 'private' } });
  });

  it('sends everything when it never saw what Luma has', () => {
    const plan = planEventPush(anEvent(), aLink({ base: null }));
    expect(plan).toMatchObject({ kind: 'update', send: toEventState(anEvent()), base: null });
  });

  it('looks at Luma first when the event began there', () => {
    const event = anEvent({ source: 'luma', revision: 2, title: 'New' });
    expect(planEventPush(event, aLink())).toMatchObject({ kind: 'update', readFirst: true });
  });

  it('only notes a revision that says the same again', () => {
    expect(planEventPush(anEvent({ revision: 3 }), aLink())).toEqual({ kind: 'note', base });
  });

  it('sends what was changed back while a request for something else may have got through', () => {
    const asked = { ...base, asked: { title: 'For a moment' } };
    expect(planEventPush(anEvent({ revision: 3 }), aLink({ base: asked }))).toMatchObject({
      kind: 'update',
      send: { title: 'Meetup' },
    });
  });

  it('sends again what was asked for and not seen yet', () => {
    const asked = { ...base, asked: { title: 'New' } };
    expect(planEventPush(anEvent({ revision: 2, title: 'New' }), aLink({ base: asked }))).toMatchObject({
      kind: 'update',
      send: { title: 'New' },
    });
  });
});
