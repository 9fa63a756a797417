import type { HandlerOf, HandlerRegistry, JobContext, JobName, Outcome } from '@luma-sync/jobs';
import { handleOrgBackfill } from './backfill/handler.js';
import { handleCalendarPull } from './calendar-pull/handler.js';
import { handleCouponEmail } from './coupon-email/handler.js';
import { handleDriftCheck } from './drift-check/handler.js';
import { handleEventPull } from './event-pull/handler.js';
import { handleEventCancel } from './event-push/cancel-handler.js';
import { handleEventPush } from './event-push/handler.js';
import { handleGuestPull } from './guest-pull/handler.js';
import { handleInboxApply } from './inbox-apply/handler.js';
import { handleRsvpReconcile } from './reconcile/handler.js';
import { handleRsvpPush } from './rsvp-push/handler.js';
import { handleWebhookWatch } from './webhook-watch/handler.js';

/** The one handler of each job: a job without one does not compile. */
const HANDLERS = {
  'calendar.pull': handleCalendarPull,
  'coupon.email': handleCouponEmail,
  'drift.check': handleDriftCheck,
  'event.cancel': handleEventCancel,
  'event.pull': handleEventPull,
  'event.push': handleEventPush,
  'guest.pull': handleGuestPull,
  'inbox.apply': handleInboxApply,
  'org.backfill': handleOrgBackfill,
  'rsvp.push': handleRsvpPush,
  'rsvp.reconcile': handleRsvpReconcile,
  'webhook.watch': handleWebhookWatch,
} satisfies { [N in JobName]: HandlerOf<N, never> };

type DepsOf<N extends JobName> = Parameters<(typeof HANDLERS)[N]>[1];
/** Everything that the handlers of these jobs need, together. */
type DepsOfAll<N extends JobName> = (N extends JobName ? (deps: DepsOf<N>) => void : never) extends (
  deps: infer Deps,
) => void
  ? Deps
  : never;
type AnyHandler = (payload: never, deps: unknown, ctx: JobContext) => Promise<Outcome>;

/** The handlers of these jobs with their dependencies given: what a runner takes. */
export function bindHandlers<N extends JobName>(jobs: readonly N[], deps: DepsOfAll<N>): HandlerRegistry {
  const bind = (job: N) => (payload: never, ctx: JobContext) => (HANDLERS[job] as AnyHandler)(payload, deps, ctx);
  return Object.fromEntries(jobs.map((job) => [job, bind(job)]));
}
