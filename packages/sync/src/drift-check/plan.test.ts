import { describe, expect, it } from '@jest/globals';
import { type LumaEvent, lumaEventSchema } from '@luma-sync/luma-contract';
import { agreedOn, aLink, anEvent } from '../../test/builders.js';
import { planDrift } from './plan.js';

const NOW = new Date('2030-01-03T00:00:00.000Z');
const AT = { now: NOW, listedFrom: new Date('2030-01-02T00:00:00.000Z') };
const WEEKS_AGO = new Date('2029-12-01T00:00:00.000Z');

const listed = (change: object = {}): LumaEvent =>
  lumaEventSchema.parse({
    id: 'evt-1',
    name: 'Meetup',
    start_at: '2030-03-16T19:30:00.000Z',
    end_at: '2030-03-16T21:30:00.000Z',
    timezone: 'Europe/Berlin',
    geo_address_json: { full_address: 'Street 1' },
    coordinate: { latitude: 48.1, longitude: 11.5 },
    meeting_url: null,
    visibility: 'public',
    ...change,
  });

describe('what a drift check reads', () => {
  it.each([
    ['nothing of an event that was never linked', null, listed(), 'same'],
    ['nothing of one whose push has not finished', aLink({ base: null }), listed(), 'same'],
    ['nothing of one the list shows as we know it', aLink(), listed(), 'same'],
    ['the one that the list lacks, once it is believed', aLink(), null, 'missing'],
    [
      'one that began before what the list holds and goes on',
      aLink({ base: agreedOn(anEvent({ startsAt: new Date('2030-01-01T00:00:00.000Z') })) }),
      null,
      'read',
    ],
    ['one with another title', aLink(), listed({ name: 'Other' }), 'read'],
    ['one with another time', aLink(), listed({ start_at: '2030-03-16T19:31:00.000Z' }), 'read'],
    ['one with another place', aLink(), listed({ coordinate: { latitude: 48.2, longitude: 11.5 } }), 'read'],
    [
      'one not read in full for a week, since a list shows no description',
      aLink({ observedAt: WEEKS_AGO }),
      listed(),
      'read',
    ],
    ['one that was never read in full', aLink({ observedAt: null }), listed(), 'read'],
    [
      'nothing of one whose list entry has the description',
      aLink({ observedAt: WEEKS_AGO }),
      listed({ description_md: 'Hello' }),
      'same',
    ],
    ['one with other tags', aLink(), listed({ tags: [{ id: 'tag-1', name: 'Food' }] }), 'read'],
    ['one whose list entry has another description', aLink(), listed({ description_md: 'Bye' }), 'read'],
  ])('%s', (_, link, entry, kind) => {
    expect(planDrift({ event: anEvent(), link }, entry, AT)).toEqual({ kind });
  });

  it('reads a foreign event, which no list of the calendar holds', () => {
    const event = anEvent({ ownership: 'referenced' });
    expect(planDrift({ event, link: aLink() }, null, AT)).toEqual({ kind: 'read' });
  });

  it('reads nothing because of an edit of ours that is still to be sent', () => {
    expect(planDrift({ event: anEvent({ revision: 2, title: 'Edited here' }), link: aLink() }, listed(), AT)).toEqual({
      kind: 'same',
    });
  });
});
