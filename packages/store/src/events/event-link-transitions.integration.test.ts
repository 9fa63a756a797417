import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { type EventLink, type EventLinkChange, type EventLinkState, eventLinks } from '@luma-sync/domain';
import { openSyncWorld, type SyncWorld } from '../../test/sync-world.js';
import { createReconcileStore } from '../reconcile/reconcile-store.js';
import { lockEventLink } from './event-link-rows.js';
import { touchChecked } from './observe-events.js';
import { markPushRequested } from './request-rows.js';

const NOW = new Date();
const ago = (ms: number) => new Date(NOW.getTime() - ms);
const STATES: EventLinkState[] = [
  'pending_push',
  'pushed',
  'pulled',
  'synced',
  'push_failed',
  'drifted',
  'source_deleted',
  'conflict',
];
/** Within the minute, exactly a minute ago, long ago, and after the moment that is stored. */
const MOMENTS = [null, ago(30_000), ago(60_000), ago(3_600_000), ago(-5_000)];

let world: SyncWorld;
let calendarId: string;
beforeAll(async () => {
  world = await openSyncWorld();
  calendarId = await world.addCalendar();
});

/** Links in all states, as far as the statements tell them apart. */
async function addLinks(): Promise<string[]> {
  const about = { source: 'app', approval: 'approved', title: 'Meetup', timezone: 'UTC' } as const;
  const times = { startsAt: new Date('2030-12-01T18:00:00.000Z'), endsAt: new Date('2030-12-01T20:00:00.000Z') };
  const links = STATES.flatMap((state) =>
    [true, false].flatMap((hasFailed) =>
      MOMENTS.map((moment) => ({
        ...{ eventId: randomUUID(), calendarId, state, checkedAt: moment, observedAt: moment },
        ...(hasFailed ? { lastError: { code: 'x', message: 'no', at: NOW.toISOString() } } : {}),
      })),
    ),
  );
  await world.db.event.createMany({ data: links.map(({ eventId: id }) => ({ id, ...about, ...times })) });
  await world.db.eventLink.createMany({ data: links });
  return links.map(({ eventId }) => eventId);
}

const readAll = (ids: readonly string[]): Promise<(EventLink | null)[]> =>
  world.db.$transaction(async (tx) => {
    const links: (EventLink | null)[] = [];
    for (const id of ids) links.push(await lockEventLink(tx, id));
    return links;
  });

describe('a statement writes each link as its transition does', () => {
  it.each<[string, (ids: readonly string[]) => Promise<unknown>, (link: EventLink) => EventLinkChange]>([
    ['recordCheck', (ids) => touchChecked(world.db, ids, NOW), (link) => eventLinks.recordCheck(link, NOW)],
    [
      'recordRead',
      (ids) => Promise.all(ids.map((id) => createReconcileStore(world.db).touchRead(id, NOW))),
      (link) => eventLinks.recordRead(link, NOW),
    ],
    [
      'requestEventPush',
      async (ids) => {
        for (const id of ids) await markPushRequested(world.db, id);
      },
      (link) => eventLinks.requestEventPush(link),
    ],
  ])('%s', async (_name, statement, transition) => {
    const ids = await addLinks();
    const before = await readAll(ids);
    await statement(ids);
    const after = await readAll(ids);
    expect(before).toHaveLength(STATES.length * 2 * MOMENTS.length);
    expect(after).toEqual(before.map((link) => link && { ...link, ...transition(link) }));
  });
});
