import { describe, expect, it } from '@jest/globals';
import { toEventState } from '@luma-sync/domain';
import { agreedOn, aLink, anEvent } from '../../test/builders.js';
import { FRESH_LOOK_MS, planEventPush } from './plan.js';

/** Luma was looked at just before. */
const NOW = new Date('2030-01-01T00:00:01.000Z');

const base = agreedOn(anEvent());
const notCreated = aLink({
  lumaEventId: null,
  base: null,
  pushedRevision: 0,
  lumaCreatedAt: null,
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
    expect(planEventPush(event, link, NOW)).toEqual({ kind: 'skip', reason });
  });

  it.each([
    ['a new event', anEvent(), null, false, true],
    ['one that was never asked for', anEvent(), notCreated, false, true],
    ['one whose answer may be lost', anEvent(), maybeCreated, true, true],
    // It may stand there for all to see, so it is looked for; but nobody needs a new, hidden one.
    ['a cancelled one whose answer may be lost', anEvent({ approval: 'cancelled' }), maybeCreated, true, false],
  ])('create for %s', (_, event, link, mayExist, mayCreate) => {
    expect(planEventPush(event, link, NOW)).toEqual({
      kind: 'create',
      mayExist,
      mayCreate,
      state: toEventState(event),
    });
  });

  it('sends what changed since both sides agreed, and nothing else', () => {
    const plan = planEventPush(anEvent({ revision: 2, title: 'New', capacity: null }), aLink(), NOW);
    expect(plan).toEqual({
      kind: 'update',
      lumaEventId: 'evt-1',
      lumaCreatedAt: null,
      send: { title: 'New', capacity: null },
      base,
      readFirst: false,
      seenAt: aLink().observedAt,
      registration: { change: {}, isDue: false, isRefused: false },
    });
  });

  it('tries a refused opening of registration once more when a person asks, and not by itself', () => {
    const event = anEvent({ approval: 'approved', cancelMode: 'soft' });
    const refused = (value: boolean | null) => aLink({ registrationRefused: { value, message: 'Not now' } });
    expect(planEventPush(event, refused(true), NOW)).toEqual({ kind: 'skip', reason: 'already-pushed' });
    expect(planEventPush(event, refused(null), NOW)).toMatchObject({
      kind: 'update',
      send: {},
      registration: { change: { registration_open: true }, isDue: true },
    });
  });

  it('hides a cancelled event', () => {
    const plan = planEventPush(anEvent({ revision: 2, approval: 'cancelled' }), aLink(), NOW);
    expect(plan).toMatchObject({ kind: 'update', send: { visibility: 'private' } });
  });

  it('sends everything when it never saw what Luma has', () => {
    const plan = planEventPush(anEvent(), aLink({ base: null }), NOW);
    expect(plan).toMatchObject({ kind: 'update', send: toEventState(anEvent()), base: null });
  });

  it.each([
    ['not when Luma was seen a moment ago', aLink(), NOW, false],
    ['when the last look is old: a host may have changed it since', aLink(), new Date(FRESH_LOOK_MS), true],
    ['when nobody ever looked', aLink({ observedAt: null }), NOW, true],
    ['when a request of ours may be in flight', aLink({ base: { ...base, asked: { title: 'X' } } }), NOW, true],
  ])('looks at Luma before it replaces anything there: %s', (_, link, now, readFirst) => {
    const at = now === NOW ? now : new Date(Date.parse('2030-01-01T00:00:00.000Z') + now.getTime());
    expect(planEventPush(anEvent({ revision: 2, title: 'New' }), link, at)).toMatchObject({
      kind: 'update',
      readFirst,
    });
  });

  it('looks for what was asked for and not seen yet, even with nothing left to send', () => {
    const asked = { ...base, asked: { capacity: 40 } };
    expect(planEventPush(anEvent(), aLink({ base: asked }), NOW)).toMatchObject({
      kind: 'update',
      send: {},
      readFirst: true,
    });
  });

  it('looks at Luma first when the event began there', () => {
    const event = anEvent({ source: 'luma', revision: 2, title: 'New' });
    expect(planEventPush(event, aLink(), NOW)).toMatchObject({ kind: 'update', readFirst: true });
  });

  it('only notes a revision that says the same again', () => {
    expect(planEventPush(anEvent({ revision: 3 }), aLink(), NOW)).toEqual({ kind: 'note', base });
  });

  it.each(['push_failed', 'pending_push'] as const)(
    'notes that nothing is left to do where the link still says %s',
    (state) => {
      expect(planEventPush(anEvent(), aLink({ state }), NOW)).toEqual({ kind: 'note', base });
    },
  );

  it('looks at Luma first while an earlier request may still come in', () => {
    const late = { ...base, underWay: { said: { title: 'Meetup' }, until: '2030-01-01T00:01:00.000Z' } };
    const plan = planEventPush(anEvent({ revision: 2, title: 'New' }), aLink({ base: late }), NOW);
    expect(plan).toMatchObject({ kind: 'update', readFirst: true });
  });

  it('sends what was changed back while a request for something else may have got through', () => {
    const asked = { ...base, asked: { title: 'For a moment' } };
    expect(planEventPush(anEvent({ revision: 3 }), aLink({ base: asked }), NOW)).toMatchObject({
      kind: 'update',
      send: { title: 'Meetup' },
    });
  });

  it('sends again what was asked for and not seen yet', () => {
    const asked = { ...base, asked: { title: 'New' } };
    expect(planEventPush(anEvent({ revision: 2, title: 'New' }), aLink({ base: asked }), NOW)).toMatchObject({
      kind: 'update',
      send: { title: 'New' },
    });
  });
});
