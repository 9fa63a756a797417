import { describe, expect, it } from '@jest/globals';
import { calendarPull, done, type Failure, type RunRecord } from '@luma-sync/jobs';
import { atEnd, openTestDatabase } from '@luma-sync/testkit';
import { renderEntry } from '@luma-sync/timeline';
import { enqueueOperation, openDatabase, readRecordTimeline } from '../index.js';
import { createLedger } from './ledger.js';

const request = { method: 'GET', path: '/v1/calendars/get', status: 503, durationMs: 7, code: 'luma.unavailable' };

it('an operation that is given up or parked is recorded once in the timeline of its record, with its requests', async () => {
  const db = openDatabase({ url: (await openTestDatabase()).url });
  atEnd(() => db.$disconnect());
  const ledger = createLedger(db);
  const { id: calendarId } = await db.calendar.create({ data: { name: 'Ours', kind: 'luma' } });
  const endWith = async (failure: Failure, how: 'giveUp' | 'park'): Promise<void> => {
    const options = { trigger: 'manual' as const, actor: 'ana', calendarId };
    const { id } = await enqueueOperation(db, calendarPull, { calendarId }, options);
    const run = { id, owner: `run-${crypto.randomUUID()}` };
    const begun = await ledger.begin({ ...run, leaseMs: 5_000, recordKey: () => null });
    if (begun.kind !== 'begun') throw new Error(begun.kind);
    const record = { operation: begun.operation, requests: [request], requestsMore: 0 };
    if (how === 'giveUp') expect(await ledger.giveUp(run, failure, record)).toBe(true);
    else
      expect(
        await ledger.park(run, { ...failure, waitMs: 60_000, deadlineMs: 60_000, isolate: false }, record),
      ).toBeInstanceOf(Date);
  };
  await endWith({ code: 'luma.rejected', message: 'Luma says no' }, 'giveUp');
  await endWith({ code: 'operation.deadline', message: 'not done within its time limit, waits included' }, 'giveUp');
  await endWith({ code: 'luma.unavailable', message: 'away (attempt 8, the last)' }, 'park');
  const story = (await readRecordTimeline(db, calendarId, { after: null, limit: 10 })).map(renderEntry);
  const asked = /One request to Luma: .* \(503, luma\.unavailable, 7 ms\)\. Asked for by hand \(ana\)\.$/;
  expect(story.map(({ kind }) => kind)).toEqual(['failed', 'failed', 'failed']);
  const messages = story.map(({ message }) => message);
  for (const message of messages) expect(message).toMatch(asked);
  expect(messages.map((message) => message.replace(/ One request.*/, ''))).toEqual([
    'Pull of the calendar failed in attempt 1, the last: Luma says no (luma.rejected).',
    'Pull of the calendar failed in attempt 1, the last: not done within its time limit, waits included ' +
      '(operation.deadline).',
    expect.stringMatching(
      /^Pull of the calendar is parked and tried again at .*: away \(attempt 8, the last\) \(luma\.unavailable\)\.$/,
    ),
  ]);
});

describe('an ending is recorded in its own commit', () => {
  async function openWorld() {
    const db = openDatabase({ url: (await openTestDatabase()).url });
    atEnd(() => db.$disconnect());
    const ledger = createLedger(db);
    const { id: calendarId } = await db.calendar.create({ data: { name: 'Ours', kind: 'luma' } });
    const enqueue = () =>
      enqueueOperation(db, calendarPull, { calendarId }, { trigger: 'manual', actor: 'ana', calendarId });
    const { id } = await enqueue();
    const run = { id, owner: `run-${crypto.randomUUID()}` };
    const begun = await ledger.begin({ ...run, leaseMs: 60_000, recordKey: () => null });
    if (begun.kind !== 'begun') throw new Error(begun.kind);
    const record: RunRecord = { operation: begun.operation, requests: [request], requestsMore: 0 };
    const messages = async () =>
      (await readRecordTimeline(db, calendarId, { after: null, limit: 10 })).map((entry) => renderEntry(entry).message);
    return { db, ledger, enqueue, run, record, messages };
  }

  const back = {
    ...{ waitMs: 60_000, usesAttempt: true, reason: 'luma.unavailable' },
    error: { code: 'luma.unavailable', message: 'away' },
  };
  const parked = { ...back.error, waitMs: 60_000, deadlineMs: 60_000, isolate: false };

  it.each(['requeue', 'park'] as const)('also by %s when a newer operation carries on', async (how) => {
    const { ledger, enqueue, run, record, messages } = await openWorld();
    await enqueue();
    const until = how === 'requeue' ? await ledger.requeue(run, back, record) : await ledger.park(run, parked, record);
    expect(until).toBeNull();
    expect(await messages()).toEqual([expect.stringMatching(/attempt 1.*luma\.unavailable.*One request to Luma/)]);
  });

  it.each(['requeue', 'park', 'finish', 'giveUp'] as const)(
    'once by %s, though its commit got no answer',
    async (how) => {
      const { ledger, run, record, messages } = await openWorld();
      const end = {
        requeue: (of: RunRecord) => ledger.requeue(run, back, of),
        park: (of: RunRecord) => ledger.park(run, parked, of),
        finish: (of: RunRecord) => ledger.finish(run, done({ created: 1 }), of),
        giveUp: (of: RunRecord) => ledger.giveUp(run, back.error, of),
      }[how];
      await end(record);
      const first = await messages();
      expect(first).toHaveLength(1);
      await end({ ...record, mayBeStored: true });
      expect(await messages()).toEqual(first);
    },
  );
});
