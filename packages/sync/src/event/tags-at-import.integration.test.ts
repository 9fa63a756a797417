import { beforeEach, describe, expect, it } from '@jest/globals';
import { documentedCalendarEventAddedWebhook } from '@luma-sync/testkit/luma-fixtures';
import { announcedBy } from '../../test/announced-by.js';
import { openSyncWorld, type SyncWorld } from '../../test/sync-world.js';

let world: SyncWorld;
beforeEach(async () => {
  world = await openSyncWorld();
});

const LIST = '/v1/calendars/events/list';
function createAtLuma(tags: string[]) {
  const event = world.sim.control.createEvent({
    name: 'Began at Luma',
    start_at: new Date(Date.now() + 86_400_000).toISOString(),
    timezone: 'UTC',
    silent: true,
  });
  world.sim.control.changeEvent(event.id, { tags, silent: true });
  return event;
}

const ours = async (lumaEventId: string) => {
  const { eventId } = await world.db.eventLink.findUniqueOrThrow({ where: { lumaEventId } });
  return world.row(eventId);
};
const lists = () => world.sim.control.log({ path: LIST }).length;

async function deliverAdded({ id }: { id: string }): Promise<void> {
  const data = { ...documentedCalendarEventAddedWebhook.data, id };
  await world.deliver([{ body: JSON.stringify({ type: 'calendar.event.added', data }) }]);
  await world.drain();
}

async function deliverGuestFirst({ id }: { id: string }): Promise<void> {
  const guests = await announcedBy(world, () => world.sim.control.registerGuests(id, { count: 1, emailPrefix: 'g' }));
  await world.deliver(guests.filter(({ type }) => type === 'guest.registered'));
  await world.drain();
}

async function backfill(): Promise<void> {
  const payload = { calendarId: world.calendarId, planId: null, apply: true, startsAfter: null };
  await world.run(await world.enqueue('org.backfill', payload));
}

const WEBHOOKS = [
  ['a webhook that names it', deliverAdded],
  ['a webhook about a guest of it', deliverGuestFirst],
] as const;
const WAYS = [...WEBHOOKS, ['a backfill', backfill]] as const;

describe('an event of Luma that comes in by', () => {
  it.each(WAYS)('%s has its tags, for one request more', async (way, takeIn) => {
    const event = createAtLuma(['Food', 'Music']);
    await takeIn(event);
    const row = await ours(event.id);
    expect(row.tags).toEqual(['Food', 'Music']);
    expect(row.link?.tagsBase).toMatchObject({ names: ['Food', 'Music'] });
    // The backfill lists the calendar for its plan before.
    expect(lists()).toBe(way === 'a backfill' ? 2 : 1);
  });

  it.each(WEBHOOKS)(
    '%s comes in without tags where Luma refuses to list, and a pull adds them',
    async (_way, takeIn) => {
      const event = createAtLuma(['Food']);
      world.sim.control.layFault({ kind: 'error', path: LIST, status: 400, count: 1 });
      await takeIn(event);
      const { id, tags } = await ours(event.id);
      expect([tags, lists()]).toEqual([[], 1]);
      await world.enqueue('event.pull', { eventId: id });
      await world.drain();
      expect((await ours(event.id)).tags).toEqual(['Food']);
    },
  );
});
