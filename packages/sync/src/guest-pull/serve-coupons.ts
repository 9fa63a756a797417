import type { JobContext, PayloadOf } from '@luma-sync/jobs';
import type { CouponRequest, GuestCoupons } from '@luma-sync/store';
import type { Checkpoint } from './checkpoint.js';

export interface ServeCouponsDeps {
  coupons: Pick<GuestCoupons, 'outlook' | 'noteDecision' | 'serve'>;
}

type Payload = PayloadOf<'guest.pull'>;

/**
 * Gives codes to whom a complete listing showed with a place. How many may be mailed is settled before the first is:
 * all, while they are no more than the calendar's limit; else as many as a person said; else nobody, since half a crowd
 * is not what anybody asked for.
 */
export async function serveCoupons(
  start: Checkpoint,
  payload: Payload,
  calendarId: string,
  deps: ServeCouponsDeps,
  ctx: JobContext,
): Promise<Checkpoint> {
  const { eventId, sendEmails, mailAssigned = false } = payload;
  const request: CouponRequest = { eventId, calendarId, sendEmails, mailAssigned, trigger: ctx.trigger };
  let at: Checkpoint = {
    ...start,
    coupons: start.coupons ?? {
      from: 0,
      mailsLeft: sendEmails ? await decideMails(payload, request, deps, ctx) : null,
    },
  };
  while (!at.areCouponsDone && at.coupons !== null) {
    const { coupons } = at;
    const before = at;
    const { warnings } = await deps.coupons.serve(ctx, { ...request, ...coupons }, (served) => {
      at = {
        ...before,
        couponsAssigned: before.couponsAssigned + served.assigned,
        couponsMissing: before.couponsMissing + served.outOfCodes,
        couponsHeld: before.couponsHeld + served.held,
        coupons: {
          from: served.next ?? coupons.from,
          mailsLeft: coupons.mailsLeft === null ? null : coupons.mailsLeft - served.mailed,
        },
        areCouponsDone: served.next === null,
      };
      return at;
    });
    for (const warning of warnings) ctx.log.warn({ operationId: ctx.operationId, eventId }, warning);
  }
  return at;
}

async function decideMails(
  { eventId, mailsConfirmed }: Payload,
  request: CouponRequest,
  deps: ServeCouponsDeps,
  ctx: JobContext,
): Promise<number> {
  const { recipients, limit } = await deps.coupons.outlook(ctx.operationId, request);
  const allowed = planCouponMails(recipients, limit, mailsConfirmed);
  if (recipients > 0) {
    const message = toReason(recipients, allowed, limit, mailsConfirmed);
    await deps.coupons.noteDecision(ctx, eventId, message, { allowed: allowed > 0, recipients, mailed: allowed });
  }
  return allowed;
}

/** @returns how many people may be mailed a code. */
function planCouponMails(recipients: number, limit: number, confirmed: number | undefined): number {
  if (confirmed !== undefined) return Math.min(recipients, Math.max(confirmed, 0));
  return recipients <= limit ? recipients : 0;
}

function toReason(recipients: number, allowed: number, limit: number, confirmed: number | undefined): string {
  const people = (count: number) => `${count} ${count === 1 ? 'person' : 'people'}`;
  if (allowed === 0 && confirmed === undefined)
    return (
      `No coupons yet: ${people(recipients)} would be mailed at once, more than ${limit}, and nobody ` +
      'confirmed their number. Pull again with confirmRecipients.'
    );
  const why = confirmed === undefined ? `up to ${limit} need no confirmation` : `${confirmed} were confirmed`;
  const rest = allowed < recipients ? ` The other ${recipients - allowed} wait for a pull of their own.` : '';
  return `We mail coupons to ${people(allowed)}: the pull was asked to, and ${why}.${rest}`;
}
