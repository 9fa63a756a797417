import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { findMessage, listMessages } from '@luma-sync/store';
import { type CouponMailWorld, openCouponMailWorld } from '../../test/coupon-mail-world.js';
import { toContext } from '../../test/to-context.js';
import { handleCouponEmail } from './handler.js';

let world: CouponMailWorld;
beforeAll(async () => {
  world = await openCouponMailWorld();
});

const mailsFor = (assignmentId: string) =>
  world.mailbox.mails.filter(({ key }) => key.startsWith(`coupon-${assignmentId}`));

describe('coupon.email', () => {
  it('mails the code to the person and notes it in ledger and timeline', async () => {
    const assignment = await world.assign();
    const end = await world.run(assignment);
    const [mail] = mailsFor(assignment.assignmentId);
    expect(mail).toMatchObject({ subject: 'Your code for Autumn Meetup', key: `coupon-${assignment.assignmentId}` });
    expect(mail?.text).toContain('TEA-4711');
    const person = await world.db.person.findUniqueOrThrow({ where: { id: assignment.personId } });
    expect(mail?.to).toBe(person.email);
    expect(end).toEqual({
      kind: 'done',
      outcome: { kind: 'done', details: { providerId: mail?.id, isRepeat: false } },
    });
    await expect(world.message(assignment)).resolves.toMatchObject({
      state: 'sent',
      providerId: mail?.id,
      sentAt: world.clock.now,
    });
    await expect(world.timeline(assignment)).resolves.toEqual(['decided', 'mailed']);
  });

  it('says the last error and the next attempt of a mail while it is tried again', async () => {
    const assignment = await world.assign();
    world.mailbox.behave({ status: 503, name: 'application_error' });
    await world.run(assignment);
    const nextTryAt = new Date(Date.now() + 60_000);
    await world.db.operation.update({ where: { id: assignment.operationId }, data: { runAfter: nextTryAt } });
    const { assignmentId } = assignment;
    const { id } = await world.db.message.findUniqueOrThrow({ where: { assignmentId } });
    const lastError = { code: 'mail.unavailable', message: expect.stringContaining('503'), nextTryAt };
    expect(await findMessage(world.db, id)).toMatchObject({ state: 'reserved', lastError });
    expect(await listMessages(world.db, { limit: 1 })).toMatchObject([{ id, lastError }]);
    await world.db.operation.update({ where: { id: assignment.operationId }, data: { runAfter: new Date() } });
    await world.run(assignment);
    expect(await findMessage(world.db, id)).toMatchObject({ state: 'sent', lastError: null });
  });

  it('is not sent to an address that Luma shows and no mail is sent to, and says so', async () => {
    const assignment = await world.assign();
    const { assignmentId, personId } = assignment;
    await world.db.person.update({ where: { id: personId }, data: { email: '"a b"@example.org' } });
    const before = world.mailbox.requests();
    expect(await world.run(assignment)).toMatchObject({ kind: 'failed', code: 'mail.rejected' });
    expect(world.mailbox.requests()).toBe(before);
    const lastError = { code: 'mail.rejected', message: expect.stringContaining('cannot be mailed') };
    expect(await world.message(assignment)).toMatchObject({ state: 'failed', lastError });
    expect(mailsFor(assignmentId)).toEqual([]);
  });

  it('asks nobody when the mail is sent already', async () => {
    const assignment = await world.assign();
    await world.run(assignment);
    const before = world.mailbox.requests();
    await world.replay(assignment);
    await expect(world.run(assignment)).resolves.toMatchObject({
      outcome: { kind: 'skipped', reason: 'already-sent' },
    });
    expect(world.mailbox.requests()).toBe(before);
  });

  it('skips an assignment that is gone and a person without address', async () => {
    const assignment = await world.assign();
    const ctx = toContext(assignment, 'owner', () => world.clock.now);
    await expect(handleCouponEmail({ assignmentId: randomUUID() }, world.deps, ctx)).resolves.toMatchObject({
      reason: 'assignment-gone',
    });
    await world.db.person.update({ where: { id: assignment.personId }, data: { email: null } });
    await expect(world.run(assignment)).resolves.toMatchObject({
      outcome: { kind: 'skipped', reason: 'no-mail-address' },
    });
    expect(mailsFor(assignment.assignmentId)).toHaveLength(0);
  });

  it('mails an assignment that was made without a mail, when it is asked to', async () => {
    const assignment = await world.assign();
    await world.db.message.delete({ where: { assignmentId: assignment.assignmentId } });
    await expect(world.run(assignment)).resolves.toMatchObject({ outcome: { kind: 'done' } });
    await expect(world.message(assignment)).resolves.toMatchObject({ state: 'sent' });
  });

  it('sends to the address of today as long as nobody was asked', async () => {
    const assignment = await world.assign();
    const email = `moved-${randomUUID()}@example.org`;
    await world.db.person.update({ where: { id: assignment.personId }, data: { email } });
    await world.run(assignment);
    expect(mailsFor(assignment.assignmentId)).toMatchObject([{ to: email }]);
    await expect(world.message(assignment)).resolves.toMatchObject({ recipient: email });
  });

  it('gives up a rejected mail as failed, and a replay after the address was mended goes out', async () => {
    const assignment = await world.assign();
    world.mailbox.behave({ status: 422, name: 'validation_error' });
    await expect(world.run(assignment)).resolves.toMatchObject({ kind: 'failed', code: 'mail.rejected' });
    await expect(world.message(assignment)).resolves.toMatchObject({
      state: 'failed',
      askedAt: null,
      lastError: { code: 'mail.rejected' },
    });
    await world.db.person.update({
      where: { id: assignment.personId },
      data: { email: `mended-${randomUUID()}@example.org` },
    });
    await world.replay(assignment);
    await expect(world.run(assignment)).resolves.toMatchObject({ outcome: { kind: 'done' } });
    expect(mailsFor(assignment.assignmentId)).toHaveLength(1);
  });

  it('does not hold refusals against the mail: days of a spent quota, then it goes out', async () => {
    const assignment = await world.assign();
    for (let day = 0; day < 3; day += 1) {
      world.mailbox.behave({ status: 429, name: 'daily_quota_exceeded' });
      await expect(world.run(assignment)).resolves.toEqual({ kind: 'put-back', code: 'mail.quota_exceeded' });
      await expect(world.message(assignment)).resolves.toMatchObject({
        askedAt: null,
        lastError: { code: 'mail.quota_exceeded' },
      });
      world.clock.advance(24 * 3_600_000);
    }
    await expect(world.run(assignment)).resolves.toMatchObject({ outcome: { kind: 'done' } });
    expect(mailsFor(assignment.assignmentId)).toHaveLength(1);
  });
});
