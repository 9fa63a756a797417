import { describe, expect, it } from '@jest/globals';
import { lumaEventSchema } from '@luma-sync/luma-contract';
import { anEvent } from '../../test/builders.js';
import { toForeignKind } from './location-type.js';

const shown = (change: object) =>
  lumaEventSchema.parse({
    id: 'evt-1',
    name: 'Theirs',
    start_at: '2030-03-16T19:30:00.000Z',
    end_at: '2030-03-16T21:30:00.000Z',
    timezone: 'Europe/Berlin',
    ...change,
  });
const HALL = { geo_address_json: { full_address: 'Street 1' }, coordinate: { latitude: 48.1, longitude: 11.5 } };

describe('the kind of place of a foreign event', () => {
  it.each([
    ['moved from a hall to a call, whose link is not shown', 'physical', { location_type: 'zoom' }, true, 'online'],
    ['the same, by a list or a webhook', 'physical', { location_type: 'zoom' }, false, 'online'],
    ['has a place now', 'tbd', { location_type: 'offline', ...HALL }, true, 'physical'],
    ['stays what it was', 'online', { location_type: 'youtube' }, true, null],
    ['follows from what a full record shows, where Luma has no word for it', 'online', HALL, true, 'physical'],
    ['is not guessed from a record that lacks fields', 'online', {}, false, null],
    ['follows what is shown when a word came later', 'tbd', { location_type: 'unknown', ...HALL }, true, 'physical'],
  ] as const)('%s', (_what, locationType, change, isFull, kind) => {
    expect(toForeignKind(anEvent({ ownership: 'referenced', locationType }), shown(change), isFull)).toBe(kind);
  });

  it('is followed for no event that we may change: there it follows from what is merged', () => {
    expect(toForeignKind(anEvent({ locationType: 'physical' }), shown({ location_type: 'zoom' }), true)).toBeNull();
  });
});
