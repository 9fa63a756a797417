import { describe, expect, it } from '@jest/globals';
import { followPlace, locationTypeOf } from './location-type.js';

const NOWHERE = {
  locationName: null,
  locationAddress: null,
  locationLat: null,
  locationLng: null,
  meetingUrl: null,
};
const HALL = { ...NOWHERE, locationAddress: 'Street 1', locationLat: 48.1, locationLng: 11.5 };
const CALL = { ...NOWHERE, meetingUrl: 'https://zoom.us/j/1' };

const event = (place: object) => ({
  title: 'T',
  descriptionMd: null,
  startsAt: new Date(0),
  endsAt: new Date(1),
  timezone: 'UTC',
  visibility: 'public' as const,
  capacity: null,
  coverUrl: null,
  approval: 'approved' as const,
  ...NOWHERE,
  ...place,
});

describe('the kind of a place', () => {
  it.each([
    ['a hall', HALL, 'physical'],
    ['a hall with a stream', { ...HALL, meetingUrl: 'https://zoom.us/j/1' }, 'physical'],
    ['a spot without an address', { ...NOWHERE, locationLat: 48.1, locationLng: 11.5 }, 'physical'],
    ['a name alone', { ...NOWHERE, locationName: 'Club' }, 'physical'],
    ['a call', CALL, 'online'],
    ['nothing yet', NOWHERE, 'tbd'],
    ['texts that say nothing', { ...NOWHERE, locationAddress: ' ', meetingUrl: '' }, 'tbd'],
  ])('of %s', (_what, place, kind) => {
    expect(locationTypeOf(place)).toBe(kind);
  });
});

describe('the kind of a place follows what is taken from Luma', () => {
  const gone = { locationName: null, locationAddress: null, locationLat: null, locationLng: null };
  it.each([
    ['a hall becomes a call', { ...HALL, locationType: 'physical' }, { ...gone, ...CALL }, 'online'],
    ['a hall is given up', { ...HALL, locationType: 'physical' }, gone, 'tbd'],
    ['a call gets a hall', { ...CALL, locationType: 'online' }, { locationAddress: 'Street 1' }, 'physical'],
    [
      'a call gets a spot on the map',
      { ...CALL, locationType: 'online' },
      { locationLat: 1, locationLng: 2 },
      'physical',
    ],
    ['what is not known yet gets a link', { ...NOWHERE, locationType: 'tbd' }, CALL, 'online'],
  ] as const)('%s', (_what, before, changes, kind) => {
    expect(followPlace(changes, event(before))).toEqual({ ...changes, locationType: kind });
  });

  it.each([
    ['another hall', { ...HALL, locationType: 'tbd' }, { locationAddress: 'Street 2' }],
    ['another link', { ...CALL, locationType: 'tbd' }, { meetingUrl: 'https://zoom.us/j/2' }],
    ['a title', { ...CALL, locationType: 'tbd' }, { title: 'New' }],
    ['nothing', { ...HALL, locationType: 'online' }, {}],
  ] as const)('and the app’s own word stays with %s', (_what, before, changes) => {
    expect(followPlace(changes, event(before))).toBe(changes);
  });
});
