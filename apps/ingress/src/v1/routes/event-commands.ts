import {
  approveEvent,
  type CommandResult,
  pullEvent,
  pushEvent,
  rejectEvent,
  requestGuestPull,
} from '@luma-sync/store';
import { z } from 'zod';
import { type Answer, accepted, route } from '../route.js';
import { approveInput, event, guestPullInput, mailOutlook } from '../schemas/event.js';
import { operationRef } from '../schemas/operation.js';
import { toEventWire } from '../wire/to-wire.js';
import { toEventProblem } from './event-problems.js';
import { eventParams } from './events.js';

const tag = 'Events';
const answer = {
  status: 202,
  description: 'Done. `operation` is null when the event was so already.',
  schema: z.object({ event, operation: operationRef.nullable() }),
};

function toAnswer(result: CommandResult): Answer {
  if (result.kind !== 'done') throw toEventProblem(result);
  return accepted({ event: toEventWire(result.view) }, result.operation);
}

const command = (name: string, summary: string, run: typeof rejectEvent) =>
  route({
    method: 'post',
    path: `/v1/events/{externalId}/${name}`,
    scope: 'write',
    tag,
    summary,
    params: eventParams,
    answer,
    handle: async ({ params, db, actor }) => toAnswer(await run(db, params.externalId, { actor })),
  });

export const eventCommandRoutes = [
  route({
    method: 'post',
    path: '/v1/events/{externalId}/approve',
    scope: 'write',
    tag,
    summary: 'Let a waiting event through to Luma, or bring a cancelled one back',
    params: eventParams,
    body: approveInput,
    answer: { ...answer, schema: answer.schema.extend({ mail: mailOutlook.nullable() }) },
    async handle({ params, body, db, actor }) {
      const result = await approveEvent(db, params.externalId, { actor, ...body });
      if (result.kind !== 'done') throw toEventProblem(result);
      return accepted({ event: toEventWire(result.view), mail: result.mail ?? null }, result.operation);
    },
  }),
  command('reject', 'Turn a waiting event down', rejectEvent),
  command('push', 'Push an event once more', pushEvent),
  command('pull', 'Read Luma’s copy and merge it', pullEvent),
  route({
    method: 'post',
    path: '/v1/events/{externalId}/guest-pulls',
    scope: 'write',
    tag: 'Guests',
    summary: 'Read Luma’s guest list and merge it; may assign and mail coupons',
    params: eventParams,
    body: guestPullInput,
    answer: { status: 202, description: 'Asked for', schema: z.object({ operation: operationRef }) },
    async handle({ params, body, db, actor }) {
      const result = await requestGuestPull(db, params.externalId, body, { actor });
      if (result.kind !== 'done') throw toEventProblem(result);
      return accepted({}, result.operation);
    },
  }),
];
