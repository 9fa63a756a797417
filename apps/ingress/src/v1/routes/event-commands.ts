import {
  approveEvent,
  type CommandResult,
  pullEvent,
  pushEvent,
  rejectEvent,
  requestGuestPull,
} from '@luma-sync/application';
import { z } from 'zod';
import { type Answer, accepted, type Caller, type Route, route } from '../route.js';
import { approveInput, event, guestPullCoupons, guestPullInput, mailOutlook } from '../schemas/event.js';
import { orNull } from '../schemas/fields.js';
import { operationRef } from '../schemas/operation.js';
import { toEventWire } from '../wire/to-wire.js';
import { toEventAudit } from './event-audit.js';
import { toEventProblem } from './event-problems.js';
import { eventParams } from './events.js';

const tag = 'Events';
const answer = {
  status: 202,
  description: 'Done. `operation` is null when the event was so already.',
  schema: z.object({ event, operation: orNull(operationRef) }),
};

function toAnswer(result: CommandResult, caller: Caller): Answer {
  if (result.kind !== 'done') throw toEventProblem(result);
  const { view, operation } = result;
  return { ...accepted({ event: toEventWire(view, caller) }, operation), audit: toEventAudit(view) };
}

const command = (name: string, summary: string, run: typeof rejectEvent, audit: NonNullable<Route['audit']>) =>
  route({
    method: 'post',
    path: `/v1/events/{externalId}/${name}`,
    scopes: ['events:write'],
    subject: { kind: 'event', param: 'externalId' },
    audit,
    tag,
    summary,
    params: eventParams,
    answer,
    handle: async ({ params, db, actor, caller }) => toAnswer(await run(db, params.externalId, { actor }), caller),
  });

export const eventCommandRoutes = [
  route({
    method: 'post',
    path: '/v1/events/{externalId}/approve',
    scopes: ['events:write'],
    furtherScopes: [
      {
        scope: 'mail',
        when: 'with `confirmRecipients`, or where people who answered while it waited would be mailed',
        applies: ({ confirmRecipients }) => confirmRecipients !== undefined,
      },
    ],
    subject: { kind: 'event', param: 'externalId' },
    audit: { action: 'event.approve' },
    tag,
    summary: 'Let a waiting event through to Luma, or bring a cancelled one back',
    params: eventParams,
    body: approveInput,
    answer: { ...answer, schema: answer.schema.extend({ mail: orNull(mailOutlook) }) },
    async handle({ params, body, db, actor, caller }) {
      const result = await approveEvent(db, params.externalId, { actor, ...body });
      if (result.kind !== 'done') throw toEventProblem(result);
      const { view, operation, mail = null } = result;
      // What throws undoes the approval.
      if (mail?.allowed === true && mail.recipients > 0)
        caller.need('mail', `to let Luma mail ${mail.recipients} of those who answered while the event waited`);
      const audit = toEventAudit(view, { recipients: mail?.allowed === true ? mail.recipients : 0 });
      return { ...accepted({ event: toEventWire(view, caller), mail }, operation), audit };
    },
  }),
  command('reject', 'Turn a waiting event down', rejectEvent, { action: 'event.reject' }),
  command('push', 'Push an event once more', pushEvent, { none: 'it changes nothing; the operation names who asked' }),
  command('pull', 'Read Luma’s copy and merge it', pullEvent, {
    none: 'it only reads at Luma; the operation names who asked',
  }),
  route({
    method: 'post',
    path: '/v1/events/{externalId}/guest-pulls',
    scopes: ['events:write', 'people:read'],
    furtherScopes: [
      {
        scope: 'mail',
        when: 'with `sendEmails`, or where the calendar mails coupons by itself (`mailCoupons`)',
        applies: ({ assignCoupons, sendEmails }) => assignCoupons !== false && sendEmails === true,
      },
    ],
    subject: { kind: 'event', param: 'externalId' },
    audit: { action: 'event.guest_pull' },
    tag: 'Guests',
    summary: 'Read Luma’s guest list and merge it; may assign and mail coupons',
    params: eventParams,
    body: guestPullInput,
    answer: {
      status: 202,
      description: 'Asked for',
      schema: z.object({ operation: operationRef, coupons: guestPullCoupons }),
    },
    async handle({ params, body, db, actor, caller }) {
      const result = await requestGuestPull(db, params.externalId, body, { actor });
      if (result.kind !== 'done') throw toEventProblem(result);
      const { view, operation, coupons } = result;
      // What throws undoes the request.
      if (coupons.mailed)
        caller.need('mail', 'to mail coupon codes, which the calendar does by itself (`mailCoupons`)');
      const { confirmRecipients = null, assignCoupons = null, sendEmails = null } = body;
      const audit = toEventAudit(view, { assignCoupons, sendEmails, confirmRecipients });
      return { ...accepted({ coupons }, operation), audit };
    },
  }),
];
