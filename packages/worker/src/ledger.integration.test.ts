import { expect, it } from '@jest/globals';
import { calendarPull } from '@luma-sync/jobs';
import { enqueueOperation, openDatabase, readRecordTimeline } from '@luma-sync/store';
import { atEnd, openTestDatabase } from '@luma-sync/testkit';
import { createLedger } from './ledger.js';

it('an operation that ends without its handler is told in the story of its record', async () => {
  const db = openDatabase({ url: (await openTestDatabase()).url });
  atEnd(() => db.$disconnect());
  const ledger = createLedger(db);
  const { id: calendarId } = await db.calendar.create({ data: { name: 'Ours', kind: 'luma' } });
  const endWith = async (code: string, message: string): Promise<void> => {
    const options = { trigger: 'manual' as const, actor: 'ana', calendarId };
    const { id } = await enqueueOperation(db, calendarPull, { calendarId }, options);
    const run = { id, owner: `run-${id}` };
    const begun = await ledger.begin({ ...run, leaseMs: 5_000, recordKey: () => null });
    if (begun.kind !== 'begun') throw new Error(begun.kind);
    expect(await ledger.finish(run, { state: 'failed', code, message }, begun.operation)).toBe(true);
  };
  await endWith('operation.deadline', 'not done within its time limit, waits included');
  // Its handler has told this.
  await endWith('luma.rejected', 'Luma says no');
  const story = await readRecordTimeline(db, calendarId, { after: null, limit: 10 });
  expect(story.map(({ kind, message }) => [kind, message])).toEqual([
    [
      'failed',
      'Pull of the calendar failed in attempt 1, the last: not done within its time limit, waits included (operation.deadline). Asked for by hand (ana).',
    ],
  ]);
});
