import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventPush } from '@luma-sync/jobs';
import { type Database, enqueueOperation, findOperation, inTransaction, openDatabase } from '@luma-sync/store';
import { openTestDatabase } from '@luma-sync/testkit';
import { discardOperation } from './discard.js';
import { replayOperation } from './replay.js';

let db: Database;
beforeAll(async () => {
  db = openDatabase({ url: (await openTestDatabase()).url });
});
afterAll(() => db.$disconnect());

const newId = () => crypto.randomUUID();
const failed = async () => {
  const eventId = newId();
  const { id } = await enqueueOperation(db, eventPush, { eventId }, { trigger: 'api', actor: 'app', eventId });
  await db.operation.update({
    where: { id },
    data: {
      state: 'failed',
      errorCode: 'luma.rejected',
      errorMessage: 'Invalid request',
      dispatchAt: null,
      attempts: 3,
    },
  });
  return { id, eventId };
};
const replay = (id: string) => inTransaction(db, (tx) => replayOperation(tx, id, 'operator'));
const discard = (id: string) =>
  inTransaction(db, (tx) => discardOperation(tx, id, { reason: 'not needed', actor: 'operator' }));

describe('replay and discard', () => {
  it('a dead letter runs again as one new operation, however often that is asked', async () => {
    const { id, eventId } = await failed();
    const [first, second] = await Promise.all([replay(id), replay(id)]);
    expect(first).toMatchObject({ kind: 'replayed' });
    if (first.kind !== 'replayed' || second.kind !== 'replayed') throw new Error('not replayed');
    expect(second.operation.id).toBe(first.operation.id);
    expect(await findOperation(db, first.operation.id)).toMatchObject({
      job: 'event.push',
      state: 'queued',
      attempts: 0,
      replayOf: id,
      trigger: 'manual',
      eventId,
    });
    expect(await findOperation(db, id)).toMatchObject({
      state: 'replayed',
      error: { code: 'luma.rejected', message: 'Invalid request' },
    });
  });

  it('only a dead letter is replayed', async () => {
    const { id } = await enqueueOperation(db, eventPush, { eventId: newId() }, { trigger: 'api', actor: 'app' });
    expect(await replay(id)).toEqual({ kind: 'not-failed', state: 'queued' });
    expect(await replay(newId())).toEqual({ kind: 'unknown' });
    await db.operation.update({ where: { id }, data: { state: 'failed', job: 'of.another.version' } });
    expect(await replay(id)).toEqual({ kind: 'unreadable' });
  });

  it('discards with a reason what waits, runs or has failed', async () => {
    const { id } = await failed();
    expect(await discard(id)).toEqual({ kind: 'discarded' });
    expect(await findOperation(db, id)).toMatchObject({
      state: 'discarded',
      outcome: { kind: 'discarded', reason: 'not needed' },
    });
    expect(await discard(id)).toEqual({ kind: 'not-discardable', state: 'discarded' });
    await db.operation.update({ where: { id }, data: { state: 'running', leaseOwner: 'a run' } });
    expect(await discard(id)).toEqual({ kind: 'discarded' });
    expect(await db.operation.findUnique({ where: { id } })).toMatchObject({ leaseOwner: null, dispatchAt: null });
  });
});
