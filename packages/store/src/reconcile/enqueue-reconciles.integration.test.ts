import { beforeEach, describe, expect, it } from '@jest/globals';
import { openSyncWorld, type SyncWorld } from '../../test/sync-world.js';
import { inTransaction } from '../database.js';
import { enqueueReconciles } from './enqueue-reconciles.js';

let world: SyncWorld;
let calendarId: string;
beforeEach(async () => {
  world = await openSyncWorld();
  calendarId = await world.addCalendar();
});

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const ago = (ms: number) => new Date(Date.now() - ms);

/** Looked at so long ago: heads, whole list. */
async function addEvent(startsInMs: number, headsAgoMs: number | null, sweptAgoMs: number | null): Promise<string> {
  const id = await world.addEvent({ calendarId });
  const startsAt = new Date(Date.now() + startsInMs);
  await world.db.event.update({ where: { id }, data: { startsAt, endsAt: new Date(startsAt.getTime() + HOUR_MS) } });
  await world.db.eventLink.update({
    where: { eventId: id },
    data: {
      guestHeadsAt: headsAgoMs === null ? null : ago(headsAgoMs),
      guestsPulledAt: sweptAgoMs === null ? null : ago(sweptAgoMs),
    },
  });
  return id;
}

const asked = async () => {
  await inTransaction(world.db, enqueueReconciles);
  const rows = await world.db.operation.findMany({
    select: { job: true, eventId: true, payload: true, trigger: true },
  });
  return new Map(rows.map((row) => [row.eventId, row]));
};

describe('a round over guest lists', () => {
  it.each([
    ['near, looked at a quarter of an hour ago', HOUR_MS, 15 * 60_000, HOUR_MS, 'rsvp.reconcile'],
    ['near, looked at just now', HOUR_MS, 60_000, HOUR_MS, null],
    ['near, read whole a moment ago', HOUR_MS, null, 60_000, null],
    ['near, not read whole for six hours', HOUR_MS, 60_000, 7 * HOUR_MS, 'guest.pull'],
    ['going on', -30 * 60_000, 15 * 60_000, HOUR_MS, 'rsvp.reconcile'],
    ['over since an hour', -2 * HOUR_MS, 15 * 60_000, HOUR_MS, 'rsvp.reconcile'],
    ['over since a day', -25 * HOUR_MS, DAY_MS, null, null],
    ['next week, looked at an hour ago', 7 * DAY_MS, HOUR_MS, 7 * HOUR_MS, null],
    ['next week, looked at three hours ago', 7 * DAY_MS, 3 * HOUR_MS, 7 * HOUR_MS, 'rsvp.reconcile'],
    ['far, looked at six hours ago', 90 * DAY_MS, 6 * HOUR_MS, 20 * HOUR_MS, null],
    ['far, looked at half a day ago', 90 * DAY_MS, 13 * HOUR_MS, 20 * HOUR_MS, 'rsvp.reconcile'],
    ['far, not read whole for a day', 90 * DAY_MS, HOUR_MS, 25 * HOUR_MS, 'guest.pull'],
    ['never read', 90 * DAY_MS, null, null, 'guest.pull'],
  ] as const)('an event that is %s', async (_what, startsInMs, headsAgoMs, sweptAgoMs, job) => {
    const id = await addEvent(startsInMs, headsAgoMs, sweptAgoMs);
    expect((await asked()).get(id)?.job ?? null).toBe(job);
  });

  it('T57 reads whole lists again that were last read before webhooks were repaired', async () => {
    const [before, after] = [await addEvent(HOUR_MS, 60_000, 2 * HOUR_MS), await addEvent(HOUR_MS, 60_000, 60_000)];
    await world.db.calendar.update({ where: { id: calendarId }, data: { webhookRepairedAt: ago(HOUR_MS) } });
    const jobs = await asked();
    expect([jobs.get(before)?.job, jobs.get(after)?.job]).toEqual(['guest.pull', undefined]);
  });

  it('assigns no coupons and mails nobody', async () => {
    const [swept, looked] = [await addEvent(HOUR_MS, null, null), await addEvent(HOUR_MS, HOUR_MS, HOUR_MS)];
    const jobs = await asked();
    expect(jobs.get(swept)).toMatchObject({
      trigger: 'scheduled',
      payload: { eventId: swept, assignCoupons: false, sendEmails: false, approvalStatus: null },
    });
    expect(jobs.get(looked)).toMatchObject({ job: 'rsvp.reconcile', payload: { eventId: looked } });
  });

  it('leaves alone what is gone, foreign, not at Luma, or of a calendar that rests', async () => {
    const gone = await addEvent(HOUR_MS, null, null);
    await world.db.eventLink.update({ where: { eventId: gone }, data: { state: 'source_deleted' } });
    const foreign = await addEvent(HOUR_MS, null, null);
    await world.db.event.update({ where: { id: foreign }, data: { ownership: 'referenced' } });
    const unlinked = await addEvent(HOUR_MS, null, null);
    await world.db.eventLink.update({ where: { eventId: unlinked }, data: { lumaEventId: null } });
    expect((await asked()).size).toBe(0);
    const near = await addEvent(HOUR_MS, null, null);
    await world.db.calendar.update({ where: { id: calendarId }, data: { status: 'auth_failed' } });
    expect((await asked()).size).toBe(0);
    await world.db.calendar.update({ where: { id: calendarId }, data: { status: 'ok' } });
    expect([...(await asked()).keys()]).toEqual([near]);
  });
});
