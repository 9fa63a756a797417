import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventPush } from '@luma-sync/jobs';
import { openTestDatabase } from '@luma-sync/testkit';
import { type Database, openDatabase } from '../database.js';
import { enqueueOperation } from './enqueue.js';
import { findOperation, listOperations } from './read.js';

let db: Database;
beforeAll(async () => {
  db = openDatabase({ url: (await openTestDatabase()).url });
});
afterAll(() => db.$disconnect());

const newId = () => crypto.randomUUID();
describe('reading operations', () => {
  it('says why and until when one waits', async () => {
    const { id } = await enqueueOperation(db, eventPush, { eventId: newId() }, { trigger: 'api', actor: 'app' });
    expect(await findOperation(db, id)).toMatchObject({ waiting: null });
    const until = new Date(Date.now() + 60_000);
    await db.operation.update({ where: { id }, data: { runAfter: until, waitingReason: 'budget' } });
    expect(await findOperation(db, id)).toMatchObject({ waiting: { reason: 'budget', until } });
  });

  it('lists newest first, page by page, without loss', async () => {
    const eventId = newId();
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1) {
      const { id } = await enqueueOperation(
        db,
        eventPush,
        { eventId: newId() },
        { trigger: 'api', actor: 'app', eventId },
      );
      ids.push(id);
    }
    // All at one moment: only the id tells them apart.
    await db.operation.updateMany({ where: { eventId }, data: { createdAt: new Date() } });
    const seen: string[] = [];
    let after: { at: Date; id: string } | undefined;
    for (let page = 0; page < 4; page += 1) {
      const rows = await listOperations(db, { eventId, state: 'queued', job: 'event.push', after, limit: 2 });
      seen.push(...rows.map(({ id }) => id));
      const last = rows.at(-1);
      if (last === undefined) break;
      after = { at: last.createdAt, id: last.id };
    }
    expect(seen.toSorted()).toEqual(ids.toSorted());
  });
});
