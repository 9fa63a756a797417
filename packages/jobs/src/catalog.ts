import type { z } from 'zod';
import type { Handler, JobDefinition, QueueName } from './define-job.js';
import { calendarPull } from './definitions/calendar-pull.job.js';
import { couponEmail } from './definitions/coupon-email.job.js';
import { driftCheck } from './definitions/drift-check.job.js';
import { eventCancel } from './definitions/event-cancel.job.js';
import { eventPull } from './definitions/event-pull.job.js';
import { eventPush } from './definitions/event-push.job.js';
import { guestPull } from './definitions/guest-pull.job.js';
import { inboxApply } from './definitions/inbox-apply.job.js';
import { orgBackfill } from './definitions/org-backfill.job.js';
import { rsvpPush } from './definitions/rsvp-push.job.js';
import { rsvpReconcile } from './definitions/rsvp-reconcile.job.js';
import { webhookWatch } from './definitions/webhook-watch.job.js';

/** Every kind of job there is, by name. A handler registry typed over this catalog cannot forget one. */
export const catalog = {
  'calendar.pull': calendarPull,
  'coupon.email': couponEmail,
  'drift.check': driftCheck,
  'event.cancel': eventCancel,
  'event.pull': eventPull,
  'event.push': eventPush,
  'guest.pull': guestPull,
  'inbox.apply': inboxApply,
  'org.backfill': orgBackfill,
  'rsvp.push': rsvpPush,
  'rsvp.reconcile': rsvpReconcile,
  'webhook.watch': webhookWatch,
} as const;

export type Catalog = typeof catalog;
export type JobName = keyof Catalog;
export type PayloadOf<N extends JobName> = z.infer<Catalog[N]['payload']>;
/** A payload as a caller may give it: what has a default may be left out. */
export type PayloadInputOf<N extends JobName> = z.input<Catalog[N]['payload']>;
export type HandlerOf<N extends JobName, Deps> = Handler<Catalog[N], Deps>;

/** Names of the jobs one queue carries. */
export type JobsOfQueue<Q extends string> = { [N in JobName]: Catalog[N]['queue'] extends Q ? N : never }[JobName];

/** Every job of a queue: the worker of that queue has to have a handler for each. */
export function jobsOf<Q extends QueueName>(queue: Q): JobsOfQueue<Q>[] {
  const isOfQueue = (name: JobName): name is JobsOfQueue<Q> => catalog[name].queue === queue;
  return (Object.keys(catalog) as JobName[]).filter(isOfQueue);
}

/** @returns the definition, or null for a name this version does not know (a row written by a newer one). */
export function findDefinition(name: string): JobDefinition | null {
  return Object.hasOwn(catalog, name) ? (catalog[name as JobName] as unknown as JobDefinition) : null;
}
