import { expect, it } from '@jest/globals';
import { resolveConflict } from '@luma-sync/application';
import { inTransaction } from '@luma-sync/store';
import { openSyncWorld, type SyncWorld } from '../../test/sync-world.js';
import { readEntries } from '../../test/timeline-entries.js';

const GUESTS = 2;
const mails = ({ sim }: SyncWorld): number =>
  Object.values(sim.control.counters().mailsLumaWouldHaveSent.byApi).reduce((sum, count) => sum + count, 0);

/** Guards against mails about what a person decides of the past, on a calendar that lets edits mail guests. */
it('a decision about a conflict travels to Luma and mails nobody; the next edit may again', async () => {
  const world = await openSyncWorld({ mailOnUpdate: true });
  const { eventId, lumaEventId } = await world.publishEvent('e1');
  world.sim.control.registerGuests(lumaEventId, { count: GUESTS, emailPrefix: 'g', silent: true });
  await world.enqueue('guest.pull', { eventId, assignCoupons: false, sendEmails: false, approvalStatus: null });
  await world.drain();

  // Long enough ago that the push looks before it replaces anything.
  await world.db.eventLink.update({ where: { eventId }, data: { observedAt: new Date(Date.now() - 3_600_000) } });
  world.sim.control.changeEvent(lumaEventId, { name: 'Theirs', silent: true });
  await world.putEvent('e1', { title: 'Ours' });
  await world.drain();
  expect(await world.atLuma(eventId)).toMatchObject({ name: 'Ours' });
  const conflict = await world.db.conflict.findFirstOrThrow({ where: { recordId: eventId } });
  expect(conflict).toMatchObject({ field: 'title', ours: 'Ours', theirs: 'Theirs', resolution: 'ours' });

  const before = mails(world);
  const resolved = await inTransaction(world.db, (tx) => resolveConflict(tx, conflict.id, 'theirs', { actor: 'ann' }));
  expect(resolved).toMatchObject({ kind: 'resolved', operation: { id: expect.any(String) } });
  await world.drain();
  expect(await world.atLuma(eventId)).toMatchObject({ name: 'Theirs' });
  expect(mails(world)).toBe(before);
  const story = await readEntries(world.db, { recordId: eventId });
  expect(story.map(({ message }) => message).join('\n')).toContain('it was made so that it mails nobody');

  await world.putEvent('e1', { title: 'Newer' });
  await world.drain();
  expect(await world.atLuma(eventId)).toMatchObject({ name: 'Newer' });
  expect(mails(world)).toBe(before + GUESTS);
});
