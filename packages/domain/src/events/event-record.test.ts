import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type EventRecord, toAddressLine, toEventRecordChanges, toEventState } from './event-record.js';
import type { EventState } from './event-state.js';

const record: EventRecord = {
  title: 'Meetup',
  descriptionMd: 'Hello',
  startsAt: new Date('2027-03-16T19:30:00.000Z'),
  endsAt: new Date('2027-03-16T21:30:00.000Z'),
  timezone: 'Europe/Berlin',
  locationName: 'Venue',
  locationAddress: 'Street 1, City',
  locationLat: 48.1,
  locationLng: 11.5,
  meetingUrl: 'https://meet.example.org/1',
  visibility: 'public',
  capacity: 40,
  coverUrl: 'https://img.example.org/1.png',
  approval: 'approved',
};

describe('event as Luma should show it', () => {
  it('holds every field in the words both sides share', () => {
    expect(toEventState(record)).toEqual({
      title: 'Meetup',
      description: 'Hello',
      startsAt: '2027-03-16T19:30:00.000Z',
      endsAt: '2027-03-16T21:30:00.000Z',
      timezone: 'Europe/Berlin',
      address: 'Venue, Street 1, City',
      coordinate: { lat: 48.1, lng: 11.5 },
      meetingUrl: 'https://meet.example.org/1',
      visibility: 'public',
      capacity: 40,
      cover: 'https://img.example.org/1.png',
    });
  });

  it('is hidden once it is cancelled, whatever its visibility was', () => {
    expect(toEventState({ ...record, approval: 'cancelled' }).visibility).toBe('private');
    expect(toEventState({ ...record, approval: 'pending', visibility: 'members-only' }).visibility).toBe(
      'members-only',
    );
  });

  it.each([
    [{ descriptionMd: '  \n' }, { description: null }],
    [{ descriptionMd: null }, { description: null }],
    [{ locationLat: null }, { coordinate: null }],
    [{ locationLng: null }, { coordinate: null }],
    [{ locationLat: 0, locationLng: 0 }, { coordinate: { lat: 0, lng: 0 } }],
    [{ capacity: null }, { capacity: null }],
  ])('%j', (change, expected) => {
    expect(toEventState({ ...record, ...change })).toMatchObject(expected);
  });

  it.each([
    ['Venue', 'Street 1', 'Venue, Street 1'],
    ['Venue', 'Venue, Street 1', 'Venue, Street 1'],
    ['Venue', null, 'Venue'],
    [null, 'Street 1', 'Street 1'],
    [' ', '', null],
    [null, null, null],
  ])('address of %j and %j', (locationName, locationAddress, line) => {
    expect(toAddressLine({ locationName, locationAddress })).toBe(line);
  });
});

const text = fc.string({ minLength: 1 }).filter((value) => value.trim() !== '');
const instant = fc
  .date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString());
const state: fc.Arbitrary<EventState> = fc.record({
  title: text,
  description: fc.option(text),
  startsAt: instant,
  endsAt: instant,
  timezone: text,
  address: fc.option(text),
  coordinate: fc.option(
    fc.record({
      lat: fc.double({ min: -90, max: 90, noNaN: true }),
      lng: fc.double({ min: -180, max: 180, noNaN: true }),
    }),
  ),
  meetingUrl: fc.option(text),
  visibility: fc.constantFrom('public', 'members-only', 'private'),
  capacity: fc.option(fc.nat()),
  cover: fc.option(fc.webUrl()),
});

describe('columns for what Luma shows', () => {
  it('read back as exactly what was taken over', () => {
    fc.assert(
      fc.property(state, (theirs) => {
        expect(toEventState({ ...record, ...toEventRecordChanges(theirs) })).toEqual(theirs);
      }),
    );
  });

  it('are none for fields that were not shown', () => {
    expect(toEventRecordChanges({})).toEqual({});
    expect(Object.keys(toEventRecordChanges({ title: 'T' }))).toEqual(['title']);
  });

  it('empty both of our address columns when Luma shows no place', () => {
    expect(toEventRecordChanges({ address: null, coordinate: null })).toEqual({
      locationName: null,
      locationAddress: null,
      locationLat: null,
      locationLng: null,
    });
  });
});
