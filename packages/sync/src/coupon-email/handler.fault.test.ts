import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { settleUnknownCouponMail } from '@luma-sync/application';
import { PermanentError, RetryAfterError } from '@luma-sync/jobs';
import { beginOperation, retryingTransaction } from '@luma-sync/store';
import { type Assignment, type CouponMailWorld, Crash, openCouponMailWorld } from '../../test/coupon-mail-world.js';
import { toContext } from '../../test/to-context.js';
import { type CouponEmailDeps, handleCouponEmail } from './handler.js';

const HOUR_MS = 3_600_000;

const cancelEvent = ({ eventId }: Assignment) =>
  world.db.event.update({ where: { id: eventId }, data: { approval: 'cancelled', cancelledAt: new Date() } });
const decline = ({ eventId, personId }: Assignment) =>
  world.db.rsvp.update({ where: { eventId_personId: { eventId, personId } }, data: { status: 'rejected' } });

let world: CouponMailWorld;
beforeAll(async () => {
  world = await openCouponMailWorld();
});

const mailsFor = ({ assignmentId }: Assignment) =>
  world.mailbox.mails.filter(({ key }) => key.startsWith(`coupon-${assignmentId}`));

/** Each thing the handler does that somebody else can see, in its order. */
const EFFECTS = ['find', 'render', 'take', 'markAsked', 'send', 'markSent'] as const;
type Effect = (typeof EFFECTS)[number];

/** Dependencies of a process that dies right before or after one effect: from then on nothing it calls happens. */
function dyingAt(effect: Effect, moment: 'before' | 'after'): CouponEmailDeps {
  let isDead = false;
  const mortal =
    <A extends unknown[], R>(name: Effect | null, call: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      if (name === effect && moment === 'before') isDead = true;
      if (isDead) throw new Crash();
      const result = await call(...args);
      if (name === effect) isDead = true;
      if (isDead) throw new Crash();
      return result;
    };
  const { ledger, render, budget, mail } = world.deps;
  return {
    ledger: {
      find: mortal('find', ledger.find),
      markAsked: mortal('markAsked', ledger.markAsked),
      markSent: mortal('markSent', ledger.markSent),
      noteFailure: mortal(null, ledger.noteFailure),
      withdraw: mortal(null, ledger.withdraw),
    },
    render: mortal('render', render),
    budget: { take: mortal('take', budget.take) },
    mail: { ...mail, send: mortal('send', mail.send) },
  };
}

async function expectSentOnce(assignment: Assignment): Promise<void> {
  const mails = mailsFor(assignment);
  expect(mails).toHaveLength(1);
  await expect(world.message(assignment)).resolves.toMatchObject({ state: 'sent', providerId: mails[0]?.id });
  await expect(world.timeline(assignment)).resolves.toEqual(['decided', 'mailed']);
}

describe('a coupon mail is sent exactly once', () => {
  const moments = EFFECTS.flatMap((effect) => [['before', effect] as const, ['after', effect] as const]);

  it.each(moments)('though the process dies right %s %s', async (moment, effect) => {
    const assignment = await world.assign();
    await expect(world.run(assignment, dyingAt(effect, moment))).resolves.toEqual({ kind: 'crashed' });
    await expect(world.run(assignment)).resolves.toMatchObject({ kind: 'done' });
    await expectSentOnce(assignment);
  });

  it.each(['take-then-hang', 'take-then-reset'] as const)('though its answer was lost (%s)', async (behaviour) => {
    const assignment = await world.assign();
    world.mailbox.behave(behaviour, behaviour);
    for (let run = 0; run < 2; run += 1) {
      await expect(world.run(assignment, world.impatient)).resolves.toEqual({
        kind: 'put-back',
        code: 'mail.outcome_unknown',
      });
    }
    await expect(world.run(assignment)).resolves.toMatchObject({
      outcome: { kind: 'done', details: { isRepeat: true } },
    });
    await expectSentOnce(assignment);
  });

  it('though the request never arrived', async () => {
    const assignment = await world.assign();
    world.mailbox.behave('reset', { status: 503, name: 'application_error' });
    await expect(world.run(assignment)).resolves.toMatchObject({ code: 'mail.outcome_unknown' });
    await expect(world.run(assignment)).resolves.toMatchObject({ code: 'mail.unavailable' });
    await world.run(assignment);
    await expectSentOnce(assignment);
  });

  it('though ten workers take up its operation at once: the lease lets one of them', async () => {
    const assignment = await world.assign();
    const before = world.mailbox.requests();
    const ends = await Promise.all(Array.from({ length: 10 }, () => world.run(assignment)));
    expect(ends.filter(({ kind }) => kind === 'done')).toHaveLength(1);
    expect(world.mailbox.requests()).toBe(before + 1);
    await expectSentOnce(assignment);
  });

  it('though ten runs got past the lease: ledger and idempotency key hold', async () => {
    const assignment = await world.assign();
    await world.run(assignment, dyingAt('find', 'before'));
    await world.db.operation.update({
      where: { id: assignment.operationId },
      data: { state: 'running', leaseOwner: 'all', leaseUntil: new Date(Date.now() + 30_000) },
    });
    const ctx = toContext(assignment, 'all', () => world.clock.now);
    const runs = Array.from({ length: 10 }, () =>
      handleCouponEmail({ assignmentId: assignment.assignmentId }, world.deps, ctx),
    );
    await Promise.all(runs);
    await expectSentOnce(assignment);
  });

  it('though a run that was stopped for a while wakes after another took over and finished', async () => {
    const assignment = await world.assign();
    const { assignmentId } = assignment;
    const seenBefore = await world.deps.ledger.find(assignmentId);
    await world.run(assignment);
    const requests = world.mailbox.requests();
    const deps = { ...world.deps, ledger: { ...world.deps.ledger, find: async () => seenBefore } };
    const ctx = toContext(assignment, 'the run that slept', () => world.clock.now);
    await expect(handleCouponEmail({ assignmentId }, deps, ctx)).rejects.toMatchObject({
      code: 'operation.lease_lost',
    });
    expect(world.mailbox.requests()).toBe(requests);
    await expectSentOnce(assignment);
  });

  it('and not at all by a run that learns right before the request that its lease is gone', async () => {
    const assignment = await world.assign();
    const requests = world.mailbox.requests();
    const lost = new RetryAfterError('operation.lease_lost', 'this run lost its lease', { waitMs: 0 });
    const assertLease = () => {
      throw lost;
    };
    await expect(world.run(assignment, world.deps, { assertLease })).resolves.toEqual({
      kind: 'put-back',
      code: 'operation.interrupted',
    });
    expect(world.mailbox.requests()).toBe(requests);
    await world.run(assignment);
    await expectSentOnce(assignment);
  });

  it('and repeats go where the first asking went, though the address changed in between', async () => {
    const assignment = await world.assign();
    world.mailbox.behave('take-then-reset');
    await world.run(assignment);
    await world.db.person.update({
      where: { id: assignment.personId },
      data: { email: `moved-${assignment.personId}@example.org` },
    });
    await expect(world.run(assignment)).resolves.toMatchObject({ outcome: { kind: 'done' } });
    await expectSentOnce(assignment);
  });
});

describe('a mail whose answer was lost', () => {
  async function loseAnswer(): Promise<Assignment> {
    const assignment = await world.assign();
    world.mailbox.behave('take-then-reset');
    await world.run(assignment);
    return assignment;
  }

  it('is asked for again within 23 hours of the first asking', async () => {
    const assignment = await loseAnswer();
    world.clock.advance(23 * HOUR_MS - 1);
    await expect(world.run(assignment)).resolves.toMatchObject({ outcome: { kind: 'done' } });
    await expectSentOnce(assignment);
  });

  it('is never asked for again after that, not by a replay either: a person decides', async () => {
    const assignment = await loseAnswer();
    world.clock.advance(25 * HOUR_MS);
    const before = world.mailbox.requests();
    await expect(world.run(assignment)).resolves.toMatchObject({
      kind: 'failed',
      code: 'mail.outcome_unknown_expired',
    });
    await world.replay(assignment);
    await expect(world.run(assignment)).resolves.toMatchObject({
      kind: 'failed',
      code: 'mail.outcome_unknown_expired',
    });
    await expect(world.message(assignment)).resolves.toMatchObject({
      state: 'unknown',
      lastError: { code: 'mail.outcome_unknown_expired' },
    });
    expect(world.mailbox.requests()).toBe(before);
    expect(mailsFor(assignment)).toHaveLength(1);
  });

  it('keeps counting from the first asking, though later ones are refused', async () => {
    const assignment = await loseAnswer();
    world.clock.advance(22 * HOUR_MS);
    world.mailbox.behave({ status: 429, name: 'rate_limit_exceeded' });
    await expect(world.run(assignment)).resolves.toEqual({ kind: 'put-back', code: 'mail.rate_limited' });
    world.clock.advance(2 * HOUR_MS);
    await expect(world.run(assignment)).resolves.toMatchObject({
      kind: 'failed',
      code: 'mail.outcome_unknown_expired',
    });
    expect(mailsFor(assignment)).toHaveLength(1);
  });

  it('is left to a person when the event changed in between, since the provider then refuses the key', async () => {
    const assignment = await loseAnswer();
    await world.db.event.update({ where: { id: assignment.eventId }, data: { title: 'Winter Meetup' } });
    await expect(world.run(assignment)).resolves.toMatchObject({ kind: 'failed', code: 'mail.key_reused' });
    await expect(world.message(assignment)).resolves.toMatchObject({ state: 'unknown' });
    expect(mailsFor(assignment)).toHaveLength(1);
  });

  it('can be settled by one operator as arrived, or sent again under a new key', async () => {
    const settle = async ({ assignmentId }: Assignment, isSent: boolean) => {
      const { id: messageId } = await world.db.message.findUniqueOrThrow({ where: { assignmentId } });
      return (
        await retryingTransaction(world.db, (tx) =>
          settleUnknownCouponMail(tx, { messageId, isSent, actor: 'operator' }),
        )
      ).kind;
    };
    const [arrived, again] = [await loseAnswer(), await loseAnswer()];
    await expect(settle(arrived, true)).resolves.toBe('not-open');
    world.clock.advance(25 * HOUR_MS);
    await world.run(arrived);
    await world.run(again);

    await expect(settle(arrived, true)).resolves.toBe('settled');
    await expect(settle(arrived, false)).resolves.toBe('not-open');
    await expect(world.message(arrived)).resolves.toMatchObject({ state: 'sent' });
    expect(mailsFor(arrived)).toHaveLength(1);

    await expect(settle(again, false)).resolves.toBe('settled');
    await world.replay(again);
    await expect(world.run(again)).resolves.toMatchObject({ outcome: { kind: 'done', details: { isRepeat: false } } });
    expect(mailsFor(again)).toHaveLength(2);
    await expect(world.timeline(again)).resolves.toEqual(['decided', 'decided', 'mailed']);
  });
});

describe('who is not to have a coupon any more', () => {
  it.each([
    ['somebody who was declined meanwhile', decline, 'no-place'],
    ['a guest of an event that was cancelled meanwhile', cancelEvent, 'event-cancelled'],
  ])('%s is not mailed, and the code is free again', async (_who, happen, reason) => {
    const assignment = await world.assign();
    await happen(assignment);
    await expect(world.run(assignment)).resolves.toMatchObject({ kind: 'done', outcome: { kind: 'skipped', reason } });
    expect(mailsFor(assignment)).toHaveLength(0);
    const { assignmentId } = assignment;
    expect(await world.db.couponAssignment.count({ where: { id: assignmentId } })).toBe(0);
    expect(await world.db.message.count({ where: { assignmentId } })).toBe(0);
    await expect(world.timeline(assignment)).resolves.toEqual(['decided', 'decided']);
    await world.replay(assignment);
    await expect(world.run(assignment)).resolves.toMatchObject({ outcome: { reason: 'assignment-gone' } });
  });

  it('a mail that may be out already stays on record, and a person decides', async () => {
    const assignment = await world.assign();
    world.mailbox.behave('take-then-hang');
    await world.run(assignment, world.impatient);
    await decline(assignment);
    const end = { kind: 'failed', code: 'mail.outcome_unknown_withdrawn' };
    await expect(world.run(assignment)).resolves.toMatchObject(end);
    await expect(world.message(assignment)).resolves.toMatchObject({ state: 'unknown' });
    expect(mailsFor(assignment)).toHaveLength(1);
  });

  it('taking back changes nothing once the provider was asked', async () => {
    const assignment = await world.assign();
    const holder = { operationId: assignment.operationId, owner: randomUUID(), leaseMs: 30_000 };
    await beginOperation(world.db, {
      id: assignment.operationId,
      ...holder,
      recordKey: () => `x:${assignment.assignmentId}`,
    });
    const { ledger } = world.deps;
    await ledger.markAsked(holder, {
      assignmentId: assignment.assignmentId,
      recipient: 'a@example.org',
      at: new Date(),
    });
    await ledger.withdraw(holder, assignment.assignmentId, 'no-place');
    await expect(world.message(assignment)).resolves.toMatchObject({ state: 'reserved' });
  });
});

describe('a provider without idempotency keys', () => {
  const taken: string[] = [];
  /** Takes the mail and loses the answer, as an SMTP server does whose connection breaks after the content. */
  const losing = (): CouponEmailDeps => ({
    ...world.deps,
    mail: {
      repeatLimitMs: 0,
      send: async ({ idempotencyKey }) => {
        taken.push(idempotencyKey);
        throw new PermanentError('mail.outcome_open', `no answer to ${idempotencyKey}`);
      },
    },
  });

  it('is asked once though the answer was lost: the mail is unknown, and a replay does not send it', async () => {
    const assignment = await world.assign();
    await expect(world.run(assignment, losing())).resolves.toMatchObject({ kind: 'failed', code: 'mail.outcome_open' });
    await expect(world.message(assignment)).resolves.toMatchObject({ state: 'unknown', askedAt: world.clock.now });
    await world.replay(assignment);
    const end = await world.run(assignment, losing());
    expect(end).toMatchObject({ kind: 'failed', code: 'mail.outcome_unknown_expired' });
    expect(taken.filter((key) => key.includes(assignment.assignmentId))).toHaveLength(1);
  });

  it('is not asked again after the process died with the asking noted', async () => {
    const assignment = await world.assign();
    await expect(world.run(assignment, dyingAt('markAsked', 'after'))).resolves.toEqual({ kind: 'crashed' });
    const end = await world.run(assignment, losing());
    expect(end).toMatchObject({ kind: 'failed', code: 'mail.outcome_unknown_expired' });
    expect(taken.filter((key) => key.includes(assignment.assignmentId))).toEqual([]);
    await expect(world.message(assignment)).resolves.toMatchObject({ state: 'unknown' });
  });

  it('is asked again after a refusal that proves the mail was not taken', async () => {
    const assignment = await world.assign();
    const deferring: CouponEmailDeps = {
      ...world.deps,
      mail: {
        repeatLimitMs: 0,
        send: async () => {
          throw new RetryAfterError('mail.deferred', 'greylisted', { waitMs: 1 });
        },
      },
    };
    await expect(world.run(assignment, deferring)).resolves.toEqual({ kind: 'put-back', code: 'mail.deferred' });
    await expect(world.message(assignment)).resolves.toMatchObject({ askedAt: null });
    await expect(world.run(assignment)).resolves.toMatchObject({ outcome: { kind: 'done' } });
    await expectSentOnce(assignment);
  });
});
