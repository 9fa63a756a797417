import { randomUUID } from 'node:crypto';
import { couponEmail, type JobContext, type Outcome, toJobError } from '@luma-sync/jobs';
import { createInProcessMailBudget, createResendSender, renderCouponMail } from '@luma-sync/mail';
import {
  assignCoupons,
  beginOperation,
  couponEmailGivenUp,
  createCouponMailLedger,
  createCouponPool,
  type Database,
  enqueueOperation,
  finishOperation,
  importCouponCodes,
  inTransaction,
  openDatabase,
  requeueOperation,
} from '@luma-sync/store';
import { atEnd, openTestDatabase } from '@luma-sync/testkit';
import { type CouponEmailDeps, handleCouponEmail } from '../src/coupon-email/handler.js';
import { type Mailbox, openMailbox } from './mailbox.js';
import { readEntries } from './timeline-entries.js';

/** Thrown where a process is to die: nothing is noted, nothing handed back. */
export class Crash extends Error {}

/** How one run ended, as the runner would store it. */
export type RunEnd =
  | { kind: 'ended'; outcome: Outcome }
  | { kind: 'failed'; code: string }
  | { kind: 'put-back'; code: string }
  | { kind: 'crashed' }
  | { kind: 'not-begun' };

export interface Assignment {
  assignmentId: string;
  personId: string;
  eventId: string;
  operationId: string;
}

export interface CouponMailWorld {
  db: Database;
  mailbox: Mailbox;
  deps: CouponEmailDeps;
  /** As `deps`, for askings whose answer the test holds back. */
  impatient: CouponEmailDeps;
  /** The time that handler and mailbox see. */
  clock: { now: Date; advance(ms: number): void };
  assign(): Promise<Assignment>;
  /** One run of the assignment's newest operation, as the runner makes it. */
  run(assignment: Assignment, deps?: CouponEmailDeps, context?: Partial<JobContext>): Promise<RunEnd>;
  replay(assignment: Assignment): Promise<void>;
  message(assignment: Assignment): Promise<{
    state: string;
    providerId: string | null;
    askedAt: Date | null;
    sentAt: Date | null;
    lastError: unknown;
  }>;
  timeline(assignment: Assignment): Promise<string[]>;
}

const sender = { apiKey: 're_test', from: 'mail@example.com' };

export async function openCouponMailWorld(): Promise<CouponMailWorld> {
  const { url } = await openTestDatabase();
  const db = openDatabase({ url, poolMax: 12 });
  atEnd(() => db.$disconnect());
  const clock = {
    now: new Date('2026-11-20T10:00:00.000Z'),
    advance(ms: number) {
      clock.now = new Date(clock.now.getTime() + ms);
    },
  };
  const mailbox = await openMailbox(() => clock.now);
  const deps: CouponEmailDeps = {
    ledger: createCouponMailLedger(db),
    render: renderCouponMail,
    budget: createInProcessMailBudget({ mailsPerSecond: 1_000 }),
    mail: createResendSender({ ...sender, baseUrl: mailbox.url }),
  };
  return {
    db,
    mailbox,
    deps,
    impatient: { ...deps, mail: createResendSender({ ...sender, baseUrl: mailbox.url, timeoutMs: 200 }) },
    clock,
    assign: () => assignOne(db),
    run: (assignment, used = deps, context = {}) => runOnce(db, assignment, used, { now: () => clock.now, ...context }),
    async replay(assignment) {
      const { assignmentId, eventId } = assignment;
      const { id } = await enqueueOperation(
        db,
        couponEmail,
        { assignmentId },
        { trigger: 'manual', actor: 'test', eventId },
      );
      assignment.operationId = id;
    },
    message: ({ assignmentId }) => db.message.findUniqueOrThrow({ where: { assignmentId } }),
    async timeline({ assignmentId }) {
      const entries = await readEntries(db, { recordId: assignmentId });
      return entries.map(({ kind }) => kind);
    },
  };
}

async function assignOne(db: Database): Promise<Assignment> {
  const at = new Date('2026-12-01T18:00:00.000Z');
  const event = await db.event.create({
    data: { source: 'app', approval: 'approved', title: 'Autumn Meetup', startsAt: at, endsAt: at, timezone: 'UTC' },
  });
  const pool = await createCouponPool(db, { name: `Tea ${randomUUID()}`, eventIds: [event.id], calendarId: null });
  if (pool.kind !== 'created') throw new Error(pool.kind);
  await importCouponCodes(db, pool.pool.id, ['TEA-4711']);
  const person = await db.person.create({ data: { email: `${randomUUID()}@example.org`, origin: 'luma' } });
  await db.rsvp.create({ data: { eventId: event.id, personId: person.id, status: 'going' } });
  await inTransaction(db, (tx) =>
    assignCoupons(tx, {
      eventId: event.id,
      personIds: [person.id],
      sendEmails: true,
      trigger: 'manual',
      actor: 'test',
    }),
  );
  const { id: assignmentId } = await db.couponAssignment.findFirstOrThrow({ where: { personId: person.id } });
  const operation = await db.operation.findFirstOrThrow({ where: { dedupeKey: `coupon.email:${assignmentId}` } });
  return { assignmentId, personId: person.id, eventId: event.id, operationId: operation.id };
}

export function toContext(assignment: Assignment, owner: string, now: () => Date): JobContext {
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  return {
    operationId: assignment.operationId,
    owner,
    leaseMs: 30_000,
    attempt: 1,
    crashes: 0,
    trigger: 'manual',
    createdAt: now(),
    log,
    now,
    signal: new AbortController().signal,
    assertLease() {},
    report: async () => {},
  };
}

async function runOnce(
  db: Database,
  assignment: Assignment,
  deps: CouponEmailDeps,
  context: Partial<JobContext> & Pick<JobContext, 'now'>,
): Promise<RunEnd> {
  const { operationId: id, assignmentId } = assignment;
  // After a death an operation runs alone.
  const run = { id, owner: randomUUID(), isAlone: true };
  const begun = await beginOperation(db, {
    ...run,
    leaseMs: 30_000,
    recordKey: () => `coupon.email:${assignmentId}`,
  });
  if (begun.kind !== 'begun') return { kind: 'not-begun' };
  try {
    const ctx = { ...toContext(assignment, run.owner, context.now), ...context };
    const outcome = await handleCouponEmail({ assignmentId }, deps, ctx);
    await finishOperation(db, run, { state: 'done', outcome });
    return { kind: 'ended', outcome };
  } catch (thrown) {
    if (thrown instanceof Crash) {
      await expireLeases(db, run);
      return { kind: 'crashed' };
    }
    const { verdict, code, message } = toJobError(thrown);
    if (verdict === 'fail') {
      await finishOperation(db, run, { state: 'failed', code, message }, (tx) =>
        couponEmailGivenUp(tx, { assignmentId }, { code, message }),
      );
      return { kind: 'failed', code };
    }
    await requeueOperation(db, run, { waitMs: 0, usesAttempt: true, reason: code, error: { code, message } });
    return { kind: 'put-back', code };
  }
}

/** A dead process falls silent; here its leases run out at once. */
async function expireLeases(db: Database, { id, owner }: { id: string; owner: string }): Promise<void> {
  const past = new Date(Date.now() - 1_000);
  await db.operation.updateMany({ where: { id, leaseOwner: owner }, data: { leaseUntil: past } });
  await db.recordLease.updateMany({ where: { owner }, data: { expiresAt: past } });
}
