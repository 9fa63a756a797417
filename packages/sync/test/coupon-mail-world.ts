import { randomUUID } from 'node:crypto';
import { couponEmail, type JobContext, jobsOf } from '@luma-sync/jobs';
import { createInProcessMailBudget, createResendSender, renderCouponMail } from '@luma-sync/mail';
import {
  assignCoupons,
  createCouponMailLedger,
  createCouponPool,
  type Database,
  enqueueOperation,
  importCouponCodes,
  inTransaction,
  openDatabase,
  retryingTransaction,
} from '@luma-sync/store';
import { atEnd, openTestDatabase } from '@luma-sync/testkit';
import { bindHandlers, type CouponEmailDeps } from '../src/index.js';
import { type Mailbox, openMailbox } from './mailbox.js';
import { type RunEnd, runByRunner } from './run-by-runner.js';
import { readEntries } from './timeline-entries.js';

export { Crash } from './run-by-runner.js';

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
    run: (assignment, used = deps, context = {}) => runNow(db, assignment, used, { now: () => clock.now, ...context }),
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
      // What its runs did to the mail; the runs themselves have entries too.
      return entries.filter(({ fact }) => fact !== 'run').map(({ kind }) => kind);
    },
  };
}

async function assignOne(db: Database): Promise<Assignment> {
  const at = new Date('2026-12-01T18:00:00.000Z');
  const event = await db.event.create({
    data: { source: 'app', approval: 'approved', title: 'Autumn Meetup', startsAt: at, endsAt: at, timezone: 'UTC' },
  });
  const pool = await retryingTransaction(db, (tx) =>
    createCouponPool(tx, { name: `Tea ${randomUUID()}`, eventIds: [event.id], calendarId: null }),
  );
  if (pool.kind !== 'created') throw new Error(pool.kind);
  await retryingTransaction(db, (tx) => importCouponCodes(tx, pool.pool.id, ['TEA-4711']));
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

/** One run now, whenever its backoff would end. */
async function runNow(
  db: Database,
  { operationId }: Assignment,
  deps: CouponEmailDeps,
  context: Partial<JobContext>,
): Promise<RunEnd> {
  await db.$executeRaw`update operations set run_after = least(run_after, now()) where id = ${operationId}::uuid`;
  return runByRunner(db, operationId, bindHandlers(jobsOf('mail'), deps), context);
}
