import { describe, expect, it } from '@jest/globals';
import { type EventState, type ObservedEventState, toEventState } from '@luma-sync/domain';
import { anEvent } from '../../test/builders.js';
import { planEventMerge } from '../event/plan-merge.js';
import { planAdoption } from './plan-adoption.js';

const event = anEvent({
  descriptionMd: '* Bring __cake__\n* <https://example.org>',
  timezone: 'Asia/Calcutta',
  meetingUrl: 'https://meet.example.org',
  coverUrl: 'https://app.example.org/cover.png',
});
const ours = toEventState(event);
const { capacity: _, ...shared } = ours;
const sameAtLuma: ObservedEventState = { ...shared, cover: 'https://images.lumacdn.com/1' };

describe('tying an event of ours to one that Luma had before', () => {
  it.each<[string, Partial<EventState>]>([
    ['the title', { title: ' Meetup ' }],
    ['the text', { description: '- Bring **cake**\u200B\n- [https://example.org](https://example.org/)' }],
    ['the start', { startsAt: '2030-03-16T20:30:00.000+01:00' }],
    ['the zone', { timezone: 'Asia/Kolkata' }],
    ['the address', { address: 'Street  1' }],
    ['the place on the map', { coordinate: { lat: 48.100001, lng: 11.5 } }],
    ['the link', { meetingUrl: 'https://meet.example.org/' }],
  ])('does not take another writing of %s for another value', (_what, there) => {
    const { take, send, conflicts, base } = planAdoption(ours, { ...sameAtLuma, ...there });
    expect([take, conflicts]).toEqual([{}, []]);
    // What Luma does not show, and the picture, which is on another host there, are sent in any case.
    expect(Object.keys(send)).toEqual(['capacity', 'cover']);
    expect(planEventMerge(event, base, { ...sameAtLuma, ...there })).toMatchObject({ takenFields: [], conflicts: [] });
  });

  it('empties nothing, and keeps both values where both have their own', () => {
    const { take, send, conflicts } = planAdoption(
      { ...ours, description: null },
      { ...sameAtLuma, title: 'Theirs', description: 'Theirs', meetingUrl: null },
    );
    expect(take).toEqual({ description: 'Theirs' });
    expect(send).toMatchObject({ title: 'Meetup', meetingUrl: 'https://meet.example.org' });
    expect(conflicts).toEqual([{ field: 'title', base: null, ours: 'Meetup', theirs: 'Theirs', kept: 'ours' }]);
  });

  it('takes nothing that is as empty as ours: null, blank and `N/A` are all nothing', () => {
    const { take, send, conflicts } = planAdoption(
      { ...ours, address: null, meetingUrl: null },
      { ...sameAtLuma, address: 'N/A', meetingUrl: '' },
    );
    expect([take, conflicts]).toEqual([{}, []]);
    expect(send).not.toHaveProperty('address');
  });

  it('publishes nothing: who may see it stays as it is at Luma', () => {
    const { take, send } = planAdoption(ours, { ...sameAtLuma, visibility: 'private' });
    expect(take).toEqual({ visibility: 'private' });
    expect(send).not.toHaveProperty('visibility');
  });
});
