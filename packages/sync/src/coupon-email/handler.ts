import { isEmail } from '@luma-sync/domain';
import {
  type couponEmail,
  done,
  type Handler,
  type JobContext,
  PermanentError,
  skipped,
  toJobError,
} from '@luma-sync/jobs';
import type { CouponMailProps, MailBudget, MailSender, RenderedMail } from '@luma-sync/mail';
import type { CouponMailAsking, CouponMailLedger } from '@luma-sync/store';
import { isProvenRefusal, planCouponEmail } from './plan.js';

export interface CouponEmailDeps {
  ledger: Pick<CouponMailLedger, 'find' | 'markAsked' | 'markSent' | 'noteFailure' | 'withdraw'>;
  render: (content: CouponMailProps) => Promise<RenderedMail>;
  budget: MailBudget;
  mail: MailSender;
}

/**
 * Ledger first: that the provider is asked is stored before it is asked, what it answered right after. A crash in
 * between leaves an open asking, and the next run repeats it under the same key, which the provider answers without a
 * second mail.
 */
export const handleCouponEmail: Handler<typeof couponEmail, CouponEmailDeps> = async ({ assignmentId }, deps, ctx) => {
  const plan = planCouponEmail(await deps.ledger.find(assignmentId), ctx.now(), deps.mail.repeatLimitMs);
  if (plan.kind === 'skip') return skipped(plan.reason);
  if (plan.kind === 'expired') {
    const message =
      `the mail of assignment ${assignmentId} was asked for at ${plan.askedAt.toISOString()} and ` +
      'never answered; a repeat could be a second mail';
    throw new PermanentError('mail.outcome_unknown_expired', message);
  }
  if (plan.kind === 'unsettled') {
    const message =
      `the mail of assignment ${assignmentId} was asked for at ${plan.askedAt.toISOString()} and ` +
      `never answered, and by now it is not to be sent (${plan.reason})`;
    throw new PermanentError('mail.outcome_unknown_withdrawn', message);
  }
  if (plan.kind === 'withdraw') {
    await deps.ledger.withdraw(ctx, assignmentId, plan.reason);
    return skipped(plan.reason);
  }
  const content = await deps.render(plan.content);
  // Before the asking is noted: a wait for leave must not use up the day in which a repeat is safe.
  const leave = await deps.budget.take(ctx.signal);
  const asking = await deps.ledger.markAsked(ctx, { assignmentId, recipient: plan.recipient, at: ctx.now() });
  if (asking === null) {
    await leave.release();
    return skipped('already-sent');
  }
  ctx.assertLease();
  const mail = { to: plan.recipient, ...content, idempotencyKey: asking.idempotencyKey };
  const sending = isEmail(plan.recipient) ? deps.mail.send(mail, ctx.signal) : Promise.reject(cannotBeMailed());
  const { providerId } = await sending.catch(async (error: unknown) => {
    await leave.end(error);
    await noteFailure(assignmentId, asking, error, deps, ctx);
    throw error;
  });
  await leave.end();
  await deps.ledger.markSent(ctx, { assignmentId, providerId, at: ctx.now() });
  return done({ providerId, isRepeat: !asking.isFirst });
};

/** Luma may show such an address, as it was typed there; providers refuse it, or read two addresses in it. */
const cannotBeMailed = (): PermanentError =>
  new PermanentError(
    'mail.rejected',
    'the address that Luma shows cannot be mailed: it has quotes or other signs in it',
  );

async function noteFailure(
  assignmentId: string,
  asking: CouponMailAsking,
  thrown: unknown,
  deps: CouponEmailDeps,
  ctx: JobContext,
): Promise<void> {
  const error = toJobError(thrown);
  const failure = { code: error.code, at: ctx.now(), isRefused: isProvenRefusal(error, asking.isFirst) };
  // The failure itself decides what happens next; without the note the asking merely stays open, which is the careful
  // side.
  await deps.ledger.noteFailure(ctx, assignmentId, failure).catch(() => {
    ctx.log.warn({ operationId: ctx.operationId, code: error.code }, 'the failed asking could not be noted');
  });
}
