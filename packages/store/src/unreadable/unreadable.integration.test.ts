import { beforeEach, describe, expect, it } from '@jest/globals';
import { atEnd, openTestDatabase } from '@luma-sync/testkit';
import { type Database, openDatabase } from '../database.js';
import { enqueueRereads } from './enqueue-rereads.js';
import { noteReading, type OddRecordNote } from './note-records.js';
import { countOpenUnreadable, findUnreadable, listUnreadable } from './read-records.js';

let db: Database;
let calendarId: string;

beforeEach(async () => {
  db = openDatabase({ url: (await openTestDatabase()).url });
  atEnd(() => db.$disconnect());
  ({ id: calendarId } = await db.calendar.create({ data: { name: 'Main', kind: 'luma' } }));
});

const odd = (id: string | null, change: Partial<OddRecordNote> = {}): OddRecordNote => ({
  isRead: false,
  notes: [{ path: 'user_email', reason: 'malformed' }],
  identity: { id },
  raw: {
    id,
    user_email: 'no address',
    approval_status: 'approved',
    check_in_qr_code: 'https://luma.com/check-in/e?pk=g-key',
  },
  ...change,
});
const note = (records: OddRecordNote[], readIds: string[] = [], from: 'list' | 'read' = 'list') =>
  noteReading(db, calendarId, { kind: 'guest', from, lumaEventId: 'evt-1', readIds, odd: records });
const stories = async () =>
  (await db.timelineEntry.findMany({ orderBy: { id: 'asc' }, select: { fact: true } })).map(({ fact }) => fact);
const list = () => listUnreadable(db, { limit: 50 });

describe('a record that cannot be read', () => {
  it('is one row and is told of once, however often it is seen', async () => {
    for (let times = 0; times < 3; times += 1) await note([odd('gst-1')]);
    expect(await list()).toMatchObject([
      { lumaId: 'gst-1', lumaEventId: 'evt-1', isTaken: false, seenCount: 3, resolvedAt: null, source: 'list' },
    ]);
    expect(await stories()).toEqual(['record-unreadable']);
    expect(await countOpenUnreadable(db)).toEqual([{ calendarId, name: 'Main', count: 1 }]);
  });

  it('is told of again when something else is wrong with it, and when it is read', async () => {
    await note([odd('gst-1')]);
    await note([odd('gst-1', { isRead: true, notes: [{ path: 'user_name', reason: 'wrong_type' }] })]);
    await note([], ['gst-1']);
    await note([], ['gst-1']);
    expect(await stories()).toEqual(['record-unreadable', 'record-unreadable', 'record-readable']);
    const [closed] = await list();
    expect(closed?.resolvedAt).not.toBeNull();
    expect((await findUnreadable(db, closed?.id ?? ''))?.raw).toBeNull();
  });

  it('is not closed by a single read of what a list shows oddly', async () => {
    await note([odd('gst-1')]);
    await note([], ['gst-1'], 'read');
    expect(await list()).toMatchObject([{ resolvedAt: null }]);
  });

  it('is kept without the key of its check-in code, and in a bounded size', async () => {
    await note([odd('gst-1'), odd('gst-2', { raw: { id: 'gst-2', user_name: 'x'.repeat(1_000_000) } })]);
    const texts = (await db.unreadableRecord.findMany()).map(({ raw }) => JSON.stringify(raw));
    expect(texts.join()).not.toContain('g-key');
    for (const text of texts) expect(text.length).toBeLessThan(17_000);
  });

  it('without any id is told from others by what was sent, and no more than 200 of them are kept', async () => {
    const anonymous = (n: number) => odd(null, { raw: { n } });
    await note([anonymous(1), anonymous(1), anonymous(2)]);
    expect(await list()).toHaveLength(2);
    await note(Array.from({ length: 300 }, (_, n) => anonymous(n)));
    expect(await db.unreadableRecord.count()).toBe(200);
  });

  it('can hold what Postgres refuses elsewhere', async () => {
    await note([odd('gst-\u0000', { raw: { name: 'a\u0000\ud83d', nested: [{ deep: '\u0000' }] } })]);
    expect(await db.unreadableRecord.count()).toBe(1);
  });
});

describe('a newer version of our reading', () => {
  it('tries kept records again: what it can read is pulled, once, and the rest is left until the next version', async () => {
    await noteReading(db, calendarId, {
      kind: 'event',
      from: 'list',
      lumaEventId: null,
      readIds: [],
      odd: [odd('evt-bad', { raw: { id: 'evt-bad', name: 7 } })],
    });
    expect(await db.$transaction((tx) => enqueueRereads(tx))).toBe(0);
    expect(await db.$transaction((tx) => enqueueRereads(tx, 2))).toBe(0);
    expect(await db.unreadableRecord.findMany({ select: { readingVersion: true } })).toEqual([{ readingVersion: 2 }]);
    const raw = {
      id: 'evt-bad',
      name: 'Good now',
      start_at: '2027-01-01T10:00:00Z',
      end_at: '2027-01-01T11:00:00Z',
      timezone: 'UTC',
    };
    await db.unreadableRecord.updateMany({ data: { raw } });
    expect(await db.$transaction((tx) => enqueueRereads(tx, 3))).toBe(1);
    expect(await db.$transaction((tx) => enqueueRereads(tx, 3))).toBe(0);
    expect(await db.operation.findMany({ select: { job: true, calendarId: true } })).toEqual([
      { job: 'calendar.pull', calendarId },
    ]);
  });
});
