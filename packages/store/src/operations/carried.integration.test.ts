import { beforeAll, expect, it } from '@jest/globals';
import { openSyncWorld, type SyncWorld } from '../../test/sync-world.js';
import { findOperation } from './read.js';
import { finishOperation } from './run.js';

let world: SyncWorld;
beforeAll(async () => {
  world = await openSyncWorld();
});

async function enqueue(eventId: string): Promise<string> {
  const id = await world.enqueue('rsvp.push', { eventId });
  await world.db.operation.update({ where: { id }, data: { eventId } });
  return id;
}

const nothingDue = { state: 'done', outcome: { kind: 'skipped', reason: 'nothing-due', details: {} } } as const;
const pushed = { state: 'done', outcome: { kind: 'done', details: { asked: 2 } } } as const;

it('an operation whose work an earlier run did ends as done, and names it', async () => {
  const eventId = await world.addEvent();
  const first = await world.begin(await enqueue(eventId));
  const second = await enqueue(eventId);
  await finishOperation(world.db, first, pushed);
  await finishOperation(world.db, await world.begin(second), nothingDue);
  expect((await findOperation(world.db, second))?.outcome).toEqual({
    kind: 'done',
    reason: 'carried',
    details: { by: first.id },
  });
});

it('an operation that had nothing to do from the start says so', async () => {
  const eventId = await world.addEvent();
  const first = await world.begin(await enqueue(eventId));
  await finishOperation(world.db, first, pushed);
  const second = await enqueue(eventId);
  await finishOperation(world.db, await world.begin(second), nothingDue);
  expect((await findOperation(world.db, second))?.outcome).toMatchObject({ kind: 'skipped', reason: 'nothing-due' });
});

it('the run that is going on or ended an operation counts among its attempts', async () => {
  const id = await enqueue(await world.addEvent());
  const attempts = async () => (await findOperation(world.db, id))?.attempts;
  expect(await attempts()).toBe(0);
  const run = await world.begin(id);
  expect(await attempts()).toBe(1);
  await finishOperation(world.db, run, pushed);
  expect(await attempts()).toBe(1);
});
