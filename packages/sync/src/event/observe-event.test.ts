import { describe, expect, it } from '@jest/globals';
import { lumaEventSchema } from '@luma-sync/luma-contract';
import {
  documentedEvent,
  documentedEventPage,
  documentedEventWebhook,
  recordedLegacyEvent,
  recordedLegacyEventWithPlace,
} from '@luma-sync/testkit/luma-fixtures';
import { slugOf, toImportedEventState, toObservedEventState } from './observe-event.js';

const observe = (raw: unknown) => toObservedEventState(lumaEventSchema.parse(raw));

const COMMON = {
  title: 'Example',
  startsAt: '2026-03-16T19:30:00.000Z',
  endsAt: '2026-03-31T20:30:00.000Z',
  timezone: 'America/Los_Angeles',
  visibility: 'public',
  meetingUrl: null,
  cover: 'https://images.lumacdn.com/gallery-images/xx/00000000-0000-4000-8000-000000000000',
};
const PLACE = { address: 'Venue, Street 1, City', coordinate: { lat: 48.137154, lng: 11.576124 } };

describe('an event as Luma shows it', () => {
  it.each([
    ['the present route', documentedEvent, { ...COMMON, ...PLACE, description: null }],
    ['the old route', recordedLegacyEvent, { ...COMMON, description: null, address: null, coordinate: null }],
    ['the old route, with a place', recordedLegacyEventWithPlace, { ...COMMON, ...PLACE, description: null }],
    ['a webhook', documentedEventWebhook.data, { ...COMMON, ...PLACE, description: null }],
    // A list shows no description: unknown, not empty.
    ['a list', documentedEventPage.entries[0], { ...COMMON, ...PLACE }],
  ])('by %s', (_, raw, observed) => {
    expect(observe(raw)).toEqual(observed);
  });

  it('has a capacity only where Luma shows one', () => {
    expect(observe({ ...documentedEvent, max_capacity: 30 }).capacity).toBe(30);
    expect(observe({ ...documentedEvent, max_capacity: null }).capacity).toBeNull();
    expect('capacity' in observe(documentedEvent)).toBe(false);
  });

  it.each([
    ['a visibility of tomorrow', { visibility: 'friends' }, 'visibility'],
    ['a place that cannot be read', { geo_address_json: 7 }, 'address'],
    ['no meeting address at all', { meeting_url: undefined }, 'meetingUrl'],
  ])('leaves %s unknown', (_, change, field) => {
    expect(field in observe({ ...documentedEvent, ...change })).toBe(false);
  });

  it('reads Markdown without what Luma puts between the words', () => {
    const description_md = '\uFEFFHello \u200Bworld  \n\nSecond\u200B line \n';
    expect(observe({ ...documentedEvent, description_md }).description).toBe('Hello world\n\nSecond line');
    expect(observe({ ...documentedEvent, description_md: '\u200B \n' }).description).toBeNull();
  });

  it('takes the short address where there is no full one', () => {
    const geo_address_json = { address: 'Venue', full_address: '' };
    expect(observe({ ...documentedEvent, geo_address_json }).address).toBe('Venue');
  });

  it('fills what it does not show with the emptiest value, and with nothing else', () => {
    const { title, startsAt, endsAt, timezone } = COMMON;
    expect(toImportedEventState({ title, startsAt, endsAt, timezone })).toEqual({
      ...{ title, startsAt, endsAt, timezone },
      description: null,
      address: null,
      coordinate: null,
      meetingUrl: null,
      visibility: 'public',
      capacity: null,
      cover: null,
    });
    expect(toImportedEventState({ ...COMMON, visibility: 'private' }).visibility).toBe('private');
  });

  it('names its address', () => {
    expect(slugOf(lumaEventSchema.parse(documentedEvent))).toBe('abcd1234');
    expect(slugOf(lumaEventSchema.parse({ ...documentedEvent, url: undefined }))).toBeNull();
  });
});
