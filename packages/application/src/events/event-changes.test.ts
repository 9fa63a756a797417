import { describe, expect, it } from '@jest/globals';
import { changedColumns } from '@luma-sync/domain';
import type { EventHost } from '@luma-sync/store';
import { approvalAfterEdit, isHostChanged } from './event-changes.js';
import { type AppEventInput, type AppHost, toAppColumns } from './event-input.js';

const input: AppEventInput = {
  title: 'Drum circle',
  descriptionMd: 'Bring a drum',
  startsAt: new Date('2027-01-05T18:00:00Z'),
  endsAt: new Date('2027-01-05T20:00:00Z'),
  timezone: 'Asia/Kolkata',
  location: { type: 'physical', name: 'Park', address: '1 Park Road', lat: 12.93, lng: 77.63 },
  meetingUrl: null,
  coverUrl: null,
  visibility: 'public',
  capacity: 40,
  tags: ['music', 'outdoors'],
  host: null,
};
const host: AppHost = { externalId: 'user-1', name: 'Host', email: 'host@example.org', role: 'citizen' };
const storedHost = (over: Partial<EventHost> = {}): EventHost => ({
  id: 'h',
  eventId: 'e',
  lumaUserId: null,
  lastSeenAt: new Date(0),
  ...host,
  ...over,
});

describe('what an edit changes', () => {
  const before = { ...toAppColumns(input, null, 'UTC'), stated: null };

  it('a repeated body changes nothing', () => {
    expect(
      changedColumns(
        before,
        toAppColumns({ ...input, startsAt: new Date(input.startsAt), tags: [...input.tags] }, before, 'UTC'),
      ),
    ).toEqual([]);
  });

  it.each<[string, Partial<AppEventInput>]>([
    ['title', { title: 'Drums' }],
    ['descriptionMd', { descriptionMd: null }],
    ['startsAt', { startsAt: new Date('2027-01-05T18:00:00.001Z') }],
    ['locationLat', { location: { ...input.location, lat: 12.94 } }],
    ['visibility', { visibility: 'members-only' }],
    ['capacity', { capacity: null }],
    ['tags', { tags: ['outdoors', 'music'] }],
    ['calendarId', { calendarId: '6f0c1a52-0000-4000-8000-000000000000' }],
  ])('a new %s is a change', (column, over) => {
    expect(changedColumns(before, toAppColumns({ ...input, ...over }, before, 'UTC'))).toEqual([column]);
  });

  it('a body that is silent on calendar and organization leaves both', () => {
    const placed = { ...before, calendarId: 'c', organizationId: 'o' };
    expect(changedColumns(placed, toAppColumns(input, placed, 'UTC'))).toEqual([]);
  });
});

describe('a host', () => {
  it('is unchanged when the body repeats it or names none', () => {
    expect(isHostChanged([storedHost()], host)).toBe(false);
    expect(isHostChanged([storedHost()], null)).toBe(false);
  });

  it.each<Partial<AppHost>>([{ role: 'admin' }, { name: 'New' }, { email: null }, { externalId: 'user-2' }])(
    'is changed by %j',
    (over) => {
      expect(isHostChanged([storedHost()], { ...host, ...over })).toBe(true);
    },
  );

  it('whom only Luma names does not count as the app’s', () => {
    expect(isHostChanged([storedHost({ externalId: null, lumaUserId: 'usr-1' })], host)).toBe(true);
  });
});

describe('approval after an edit', () => {
  it.each([
    ['approved', 'citizen', 'approved'],
    ['approved', null, 'approved'],
    ['pending', null, 'pending'],
    ['pending', 'citizen', 'pending'],
    ['pending', 'founder', 'approved'],
    ['pending', 'admin', 'approved'],
    ['draft', null, 'pending'],
    ['draft', 'citizen', 'pending'],
    ['draft', 'admin', 'approved'],
  ] as const)('%s, host %s: %s', (current, role, expected) => {
    expect(approvalAfterEdit(current, role === null ? null : { ...host, role }, ['admin', 'founder'])).toBe(expected);
  });
});
