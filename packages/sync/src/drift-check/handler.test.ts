import { describe, expect, it } from '@jest/globals';
import type { JobContext } from '@luma-sync/jobs';
import { type LumaEvent, lumaEventSchema } from '@luma-sync/luma-contract';
import type { SyncEventWithLink } from '@luma-sync/store';
import { agreedOn, aLink, anEvent } from '../../test/builders.js';
import { type DriftCheckDeps, handleDriftCheck } from './handler.js';

const NOW = new Date('2030-03-16T12:00:00Z');

function eventAt(n: number, startsAt: string): SyncEventWithLink {
  const event = anEvent({ id: `event-${n}`, startsAt: new Date(startsAt), endsAt: new Date('2030-04-01T00:00:00Z') });
  const link = aLink({ lumaEventId: `evt-${n}`, base: agreedOn(event), observedAt: new Date('2030-03-15T12:00:00Z') });
  return { event, link };
}

/** What is asked about as missing, what is read, and what is called gone, when Luma lists and lets be read as given. */
async function check(records: SyncEventWithLink[], listed: LumaEvent[], isReadable: boolean) {
  const found = { missing: [] as readonly string[], read: [] as string[], gone: [] as string[] };
  async function* listAllEvents() {
    yield { entries: listed, odd: [], cursor: undefined };
    return { complete: true, pages: 1 };
  }
  const toListed = (lumaEventId: string) => {
    const { event } = records.find(({ link }) => link?.lumaEventId === lumaEventId) ?? {};
    return event === undefined ? null : toShown(lumaEventId, event.startsAt, event.endsAt);
  };
  const findEvent = async (lumaEventId: string) => {
    found.read.push(lumaEventId);
    return isReadable ? { kind: 'found', record: toListed(lumaEventId) } : { kind: 'forbidden' };
  };
  const deps = {
    luma: { open: async () => ({ calendarId: 'cal', lumaCalendarId: null, api: { listAllEvents, findEvent } }) },
    events: {
      listLinked: async () => records,
      touchChecked: async () => {},
      withEvent: (_ctx: unknown, _id: string, work: () => Promise<unknown>) => work(),
      findIdByLuma: async ({ eventId }: { eventId: string }) => eventId.replace('evt', 'event'),
      find: async (id: string) => records.find(({ event }) => event.id === id) ?? null,
      markSourceDeleted: async (_ctx: unknown, { eventId }: { eventId: string }) => void found.gone.push(eventId),
    },
    eventRemovals: {
      review: async (_ctx: unknown, { missing }: { missing: readonly string[] }) => {
        found.missing = missing;
        return { due: missing.length > 2 ? [] : missing, isAsked: missing.length > 2 };
      },
    },
    reconcile: { requestSweeps: async () => 0, touchRead: async () => {} },
  } as unknown as DriftCheckDeps;
  const ctx = { now: () => NOW, report: async () => {}, signal: new AbortController().signal } as unknown as JobContext;
  await handleDriftCheck({ calendarId: 'cal' }, deps, ctx);
  return found;
}

const toShown = (id: string, startsAt: Date, endsAt: Date): LumaEvent =>
  lumaEventSchema.parse({
    id,
    name: 'Meetup',
    start_at: startsAt.toISOString(),
    end_at: endsAt.toISOString(),
    timezone: 'Europe/Berlin',
    description_md: 'Hello',
    geo_address_json: { full_address: 'Street 1' },
    coordinate: { latitude: 48.1, longitude: 11.5 },
    meeting_url: null,
    visibility: 'public',
    url: 'https://luma.com/meetup-1',
  });

describe('events that a complete list does not show', () => {
  it('are read and not missed when they began days ago and go on, since Luma lists by start', async () => {
    const running = [1, 2, 3].map((n) => eventAt(n, '2030-03-10T12:00:00Z'));
    expect(await check(running, [], true)).toEqual({ missing: [], read: ['evt-1', 'evt-2', 'evt-3'], gone: [] });
  });

  it('are asked about like all others when they cannot be read either', async () => {
    const running = [1, 2, 3].map((n) => eventAt(n, '2030-03-10T12:00:00Z'));
    expect(await check(running, [], false)).toMatchObject({ missing: ['event-1', 'event-2', 'event-3'], gone: [] });
    expect(await check(running.slice(0, 1), [], false)).toMatchObject({ missing: ['event-1'], gone: ['event-1'] });
  });

  it('are missed when they have yet to begin, and gone when a read says so too', async () => {
    expect(await check([eventAt(1, '2030-03-20T12:00:00Z')], [], false)).toEqual({
      missing: ['event-1'],
      read: ['evt-1'],
      gone: ['event-1'],
    });
  });
});

it('an event that the list shows and a read does not is not gone', async () => {
  const record = eventAt(1, '2030-03-20T12:00:00Z');
  const moved = toShown('evt-1', new Date('2030-03-21T12:00:00Z'), record.event.endsAt);
  expect(await check([record], [moved], false)).toEqual({ missing: [], read: ['evt-1'], gone: [] });
});
