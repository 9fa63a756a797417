import { expect, it } from '@jest/globals';
import type { JobContext } from '@luma-sync/jobs';
import { lumaEventSchema } from '@luma-sync/luma-contract';
import { aLink, anEvent } from '../../test/builders.js';
import type { LumaAccount } from '../luma-account.js';
import { type ApplyEventDeps, applyObservedEvent } from './apply-observed.js';

it('a foreign event that moved from a hall to a call is of another kind here too, though its link is not shown', async () => {
  const event = anEvent({ ownership: 'referenced', source: 'luma', locationType: 'physical' });
  const record = { event, link: aLink() };
  const seen = lumaEventSchema.parse({
    id: 'evt-1',
    name: event.title,
    start_at: event.startsAt.toISOString(),
    end_at: event.endsAt.toISOString(),
    timezone: event.timezone,
    url: event.url,
    geo_address_json: null,
    coordinate: null,
    location_type: 'zoom',
    access: 'view',
  });
  const stored: object[] = [];
  const store = async (_ctx: unknown, change: object) => {
    stored.push(change);
    return true;
  };
  const deps = {
    events: {
      findIdByLuma: async () => event.id,
      find: async () => record,
      withEvent: (_ctx: unknown, _id: string, work: () => Promise<unknown>) => work(),
      storeFollowed: store,
      storeObservation: store,
    },
  } as unknown as ApplyEventDeps;
  const at = new Date('2030-03-01T00:00:00Z');
  const ctx = { now: () => at, trigger: 'scheduled' } as unknown as JobContext;
  const observation = { seen, observedAt: at, via: 'drift check', isFull: true, linkBefore: record.link };
  const { applied } = await applyObservedEvent(observation, { calendarId: 'cal' } as LumaAccount, deps, ctx);
  expect(applied).toBe('updated');
  expect(stored).toMatchObject([
    { locationType: 'online' },
    { takenFields: ['address', 'coordinate'], take: { locationAddress: null } },
  ]);
  expect(stored[1]).not.toHaveProperty('take.locationType');
});
