import { describe, expect, it } from '@jest/globals';
import type { Base } from '../merge/three-way.js';
import { agreeAfterPush, type PushEffect } from './agree-after-push.js';
import type { EventState } from './event-state.js';

const BEFORE: EventState = {
  title: 'Before',
  description: 'Text',
  startsAt: '2030-01-01T12:00:00.000Z',
  endsAt: '2030-01-01T13:00:00.000Z',
  timezone: 'Europe/Berlin',
  address: 'Street 1',
  coordinate: { lat: 48, lng: 11 },
  meetingUrl: null,
  visibility: 'public',
  capacity: null,
  cover: null,
};
const LONG = 'A title that goes on and on until Luma cuts it at forty characters';
const base: Base<EventState> = { ours: BEFORE, luma: BEFORE };

type Finding = 'rewritten' | 'hosts';

/** A push of this title alone. */
const aPush = (title: string, shown: string, change: Partial<PushEffect> = {}): PushEffect => ({
  ours: { ...BEFORE, title },
  base,
  fields: ['title'],
  asked: { title },
  notTaken: {},
  observed: { ...BEFORE, title: shown },
  isNew: false,
  ...change,
});

describe('what both sides agree on after a push', () => {
  it('is ours as Luma shows it, and a host’s value stays news', () => {
    const agreed = agreeAfterPush(aPush('After', 'After'));
    expect(agreed).toMatchObject({ base: { ours: { title: 'After' }, luma: { title: 'After' } }, unseen: [] });
    const byHost = agreeAfterPush(aPush('After', 'Host’s'));
    expect(byHost).toMatchObject({ base: { ours: { title: 'After' }, luma: { title: 'After' } }, unseen: [] });
  });

  it('leaves a field that Luma does not show as it was known', () => {
    const push = aPush('After', 'After', { fields: ['capacity'], asked: { capacity: 5 }, observed: {} });
    const agreed = agreeAfterPush({ ...push, ours: { ...BEFORE, capacity: 5 }, base: { ours: BEFORE, luma: {} } });
    expect(agreed).toEqual({ base: { ours: { ...BEFORE, capacity: 5 }, luma: {} }, unseen: [] });
  });

  it('is not ours yet while Luma shows what it showed before', () => {
    const agreed = agreeAfterPush(aPush('After', 'Before'));
    expect(agreed).toMatchObject({ base: { ours: { title: 'Before' }, luma: { title: 'Before' } }, unseen: ['title'] });
  });

  it('is decided by a later look, for a host’s value as well, while Luma shows another field as it was before', () => {
    const push = aPush('After', 'Before', { fields: ['title', 'timezone'] });
    const ours = { ...push.ours, timezone: 'Asia/Kolkata' };
    const observed = { ...BEFORE, timezone: 'Europe/Paris' };
    const agreed = agreeAfterPush({ ...push, ours, observed, asked: { title: 'After', timezone: 'Asia/Kolkata' } });
    expect(agreed).toEqual({ base: { ours: BEFORE, luma: BEFORE }, unseen: ['title', 'timezone'] });
  });

  it('is ours beside Luma’s writing of it, when Luma cut or reformatted it', () => {
    const cut = LONG.slice(0, 40);
    const agreed = agreeAfterPush(aPush(LONG, cut));
    expect(agreed.base).toMatchObject({
      ours: { title: LONG },
      luma: { title: cut },
      notAtLuma: { title: { why: 'rewritten' } },
    });
  });

  it('tells a delay from a cut that was known before, or that stays after a repeat', () => {
    const cut = LONG.slice(0, 40);
    const before = { ours: { ...BEFORE, title: `${LONG}!` }, luma: { ...BEFORE, title: cut } };
    expect(agreeAfterPush(aPush(LONG, cut, { base: before })).unseen).toEqual(['title']);
    const known = { ...before, notAtLuma: { title: { why: 'rewritten' } } } as const;
    expect(agreeAfterPush(aPush(LONG, cut, { base: known })).unseen).toEqual([]);
    const repeated = { ...before, unseen: { looks: 2, sends: 1 } };
    expect(agreeAfterPush(aPush(LONG, cut, { base: repeated })).base.notAtLuma).toEqual({
      title: { why: 'rewritten' },
    });
  });

  it('takes what Luma shows of an event created a moment ago for a rewriting, and a place it found itself for news', () => {
    const created = {
      base: null,
      isNew: true,
      fields: [],
      ours: { ...BEFORE, meetingUrl: 'https://zoom.us/j/1', address: null },
    };
    const asked = created.ours;
    const observed = { ...asked, meetingUrl: 'https://luma.com/join/x', address: 'Found by Luma' };
    const { base: agreed } = agreeAfterPush({ ...created, asked, observed, notTaken: {} });
    expect(agreed.notAtLuma).toEqual({ meetingUrl: { why: 'rewritten' } });
    expect(agreed).toMatchObject({
      ours: { meetingUrl: 'https://zoom.us/j/1' },
      luma: { meetingUrl: 'https://luma.com/join/x', address: null },
    });
  });

  it.each<[string, Partial<EventState>, Finding]>([
    ['its letters without the rest', { title: 'Berlin MEETUP no 2' }, 'rewritten'],
    ['other words', { title: 'Berlin, as the host has it' }, 'hosts'],
    ['a start without its seconds', { startsAt: '2030-01-01T12:00:00.000Z' }, 'rewritten'],
    ['another hour', { startsAt: '2030-01-01T18:00:00.000Z' }, 'hosts'],
  ])('tells Luma’s writing of a new event from a host who was quick: %s', (_, shown, expected) => {
    const ours = { ...BEFORE, title: '„Berlin“ Meetup — No. 2!', startsAt: '2030-01-01T12:00:30.000Z' };
    const effect = { base: null, isNew: true, fields: [], ours, asked: ours, notTaken: {} };
    const { base: agreed } = agreeAfterPush({ ...effect, observed: { ...ours, ...shown } });
    const [field] = Object.keys(shown) as [keyof EventState];
    expect(agreed.notAtLuma).toEqual(expected === 'hosts' ? undefined : { [field]: { why: 'rewritten' } });
    expect(agreed.luma[field]).toEqual(expected === 'hosts' ? ours[field] : shown[field]);
  });

  it('keeps what Luma still holds of a field that cannot be emptied or was refused', () => {
    const ours = { ...BEFORE, address: null, coordinate: null, meetingUrl: null, timezone: 'Asia/Kolkata' };
    const agreed = agreeAfterPush({
      ours,
      base,
      fields: ['address', 'coordinate', 'meetingUrl', 'timezone'],
      asked: {},
      notTaken: {
        address: { why: 'cannot_be_emptied' },
        coordinate: { why: 'cannot_be_emptied' },
        meetingUrl: { why: 'cannot_be_emptied' },
        timezone: { why: 'refused', message: 'Invalid' },
      },
      observed: BEFORE,
      isNew: false,
    });
    // Luma held no link: there is nothing to empty.
    expect(agreed.base).toEqual({
      ours,
      luma: BEFORE,
      notAtLuma: {
        address: { why: 'cannot_be_emptied' },
        coordinate: { why: 'cannot_be_emptied' },
        timezone: { why: 'refused', message: 'Invalid' },
      },
    });
  });

  it('forgets a difference once Luma holds the new value', () => {
    const differing = { ...base, notAtLuma: { title: { why: 'refused' } } } as const;
    expect(agreeAfterPush(aPush('After', 'After', { base: differing })).base.notAtLuma).toBeUndefined();
  });
});
