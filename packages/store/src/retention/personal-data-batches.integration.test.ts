import { expect, it } from '@jest/globals';
import { openSyncWorld } from '../../test/sync-world.js';
import { applyRetention } from './retention.js';
import { DEFAULT_RETENTION_DAYS } from './retention-days.js';

const ago = (days: number) => new Date(Date.now() - days * 86_400_000);

it('empties answers, addresses and conflicts that are past their time, and no others', async () => {
  const { db, addEvent, addPerson } = await openSyncWorld();
  for (const days of [364, 366]) {
    const eventId = await addEvent();
    await db.event.update({ where: { id: eventId }, data: { startsAt: ago(days + 1), endsAt: ago(days) } });
    const personId = await addPerson();
    await db.rsvp.create({ data: { eventId, personId, status: 'going', answers: [{ value: 'vegan' }] } });
    const conflict = { recordType: 'event', recordId: eventId, field: 'title', rule: 'owner', resolution: 'ours' };
    await db.conflict.create({ data: { ...conflict, createdAt: ago(days) } });
    for (const state of ['sent', 'unknown'] as const) {
      const mail = { kind: 'coupon', recipient: 'a@example.org', idempotencyKey: `${days} ${state}`, state };
      await db.message.create({ data: { ...mail, createdAt: ago(days) } });
    }
  }
  const { removed } = await applyRetention(db, DEFAULT_RETENTION_DAYS, {
    signal: new AbortController().signal,
    batchesMax: 5,
  });
  expect(removed).toMatchObject({ registrationAnswers: 1, mailAddresses: 1, conflicts: 1 });
  expect(await db.rsvp.count()).toBe(2);
  const mails = await db.message.findMany({ where: { recipient: 'expired' } });
  expect(mails.map(({ idempotencyKey }) => idempotencyKey)).toEqual(['366 sent']);
});
