import { describe, expect, it } from '@jest/globals';
import { couldMailGuests, EVENT_FIELDS, toEventState } from '@luma-sync/domain';
import { updateEventRequestSchema } from '@luma-sync/luma-contract';
import { anEvent } from '../../test/builders.js';
import { toCreateRequest, toEventChanges, withEnd, withoutEmptied } from './to-luma.js';

const state = toEventState(
  anEvent({ meetingUrl: 'https://meet.example.org/1', coverUrl: 'https://images.lumacdn.com/1' }),
);

describe('what Luma is sent', () => {
  it('holds every field in Luma’s words', () => {
    expect(toEventChanges(state)).toEqual({
      name: 'Meetup',
      description_md: 'Hello',
      start_at: '2030-03-16T19:30:00.000Z',
      end_at: '2030-03-16T21:30:00.000Z',
      timezone: 'Europe/Berlin',
      geo_address_json: { type: 'manual', address: 'Street 1' },
      coordinate: { latitude: 48.1, longitude: 11.5 },
      meeting_url: 'https://meet.example.org/1',
      visibility: 'public',
      max_capacity: 40,
      cover_url: 'https://images.lumacdn.com/1',
    });
  });

  it.each(EVENT_FIELDS)('holds %s alone when nothing else changed', (field) => {
    expect(Object.keys(toEventChanges({ [field]: state[field] }))).toHaveLength(1);
  });

  it.each([
    [
      'its end with a start, whatever became of the end',
      { startsAt: '2030-03-16T18:00:00.000Z' },
      ['startsAt', 'endsAt'],
    ],
    ['no start with an end', { endsAt: '2030-03-16T22:00:00.000Z' }, ['endsAt']],
    ['neither with anything else', { title: 'New' }, ['title']],
  ])('holds %s', (_, send, fields) => {
    const full = withEnd(send, { endsAt: '2030-03-16T22:00:00.000Z' });
    expect(Object.keys(full)).toEqual(fields);
    expect(full.endsAt).toBe(fields.includes('endsAt') ? '2030-03-16T22:00:00.000Z' : undefined);
  });

  it('empties what Luma can empty, and sends no null for what it cannot', () => {
    // Luma always shows some cover.
    const emptied = {
      description: null,
      address: null,
      coordinate: null,
      meetingUrl: null,
      capacity: null,
      cover: null,
    };
    expect(toEventChanges(emptied)).toEqual({
      description_md: '',
      max_capacity: null,
    });
    expect(withoutEmptied(emptied)).toEqual({
      send: { description: null, capacity: null, cover: null },
      emptied: ['address', 'coordinate', 'meetingUrl'],
    });
    expect(updateEventRequestSchema.safeParse({ event_id: 'evt-1', coordinate: null }).success).toBe(false);
    expect(updateEventRequestSchema.safeParse({ event_id: 'evt-1', meeting_url: null }).success).toBe(false);
  });

  it('needs no emptying for a new event', () => {
    const bare = toEventState(
      anEvent({ descriptionMd: null, locationAddress: null, locationLat: null, capacity: null }),
    );
    expect(toCreateRequest(bare, 'meetup-1')).toEqual({
      name: 'Meetup',
      start_at: '2030-03-16T19:30:00.000Z',
      end_at: '2030-03-16T21:30:00.000Z',
      timezone: 'Europe/Berlin',
      visibility: 'public',
      slug: 'meetup-1',
    });
  });

  it.each([
    [['title'], true],
    [['startsAt'], true],
    [['endsAt'], true],
    [['timezone'], true],
    [['address'], true],
    [['coordinate'], true],
    [['description', 'capacity', 'visibility', 'meetingUrl'], false],
    [[], false],
    [['description', 'title'], true],
  ])('lets Luma mail guests about %j: %s', (fields, could) => {
    expect(couldMailGuests(fields)).toBe(could);
  });
});
