import {
  createWebhookRequestSchema,
  listPagedQuerySchema,
  updateWebhookRequestSchema,
  webhookIdSchema,
} from '@luma-sync/luma-contract';
import { ApiError } from '../http-error.js';
import type { SimCalendar, SimWebhook } from '../state/records.js';
import type { World } from '../state/world.js';
import { toWebhook } from '../views/others.js';
import { toPage } from './paging.js';
import { type ApiRoute, get, post, read } from './route.js';

function getWebhook(calendar: SimCalendar, id: string): SimWebhook {
  const webhook = calendar.webhooks.find((candidate) => candidate.id === id);
  if (webhook === undefined) throw new ApiError(404, 'Webhook not found.');
  return webhook;
}

/** Versions differ by route on purpose: list and delete stayed at v1, the rest is v2 (documented). */
export const webhookRoutes: ApiRoute[] = [
  get('/v1/webhooks/list', ({ world, calendar, query }) =>
    toPage(
      world,
      calendar.webhooks,
      (webhook) => webhook.createdAt,
      read(world, listPagedQuerySchema, query),
      toWebhook,
    ),
  ),
  get('/v2/webhooks/get', ({ world, calendar, query }) =>
    toWebhook(getWebhook(calendar, read(world, webhookIdSchema, query).id)),
  ),
  post('/v2/webhooks/create', ({ world, calendar, body: raw }) => {
    const body = read(world, createWebhookRequestSchema, raw);
    checkRefusedTypes(world, body.event_types);
    const webhook: SimWebhook = {
      id: world.ids.next('whk-'),
      url: body.url,
      eventTypes: body.event_types,
      status: 'active',
      secret: `whsec_${world.ids.text(32)}`,
      createdAt: world.nowIso(),
    };
    calendar.webhooks.push(webhook);
    return toWebhook(webhook);
  }),
  post('/v2/webhooks/update', ({ world, calendar, body: raw }) => {
    const body = read(world, updateWebhookRequestSchema, raw);
    const webhook = getWebhook(calendar, body.id);
    checkRefusedTypes(world, body.event_types ?? []);
    webhook.eventTypes = body.event_types ?? webhook.eventTypes;
    webhook.status = body.status ?? webhook.status;
    return toWebhook(webhook);
  }),
  post('/v1/webhooks/delete', ({ world, calendar, body }) => {
    const webhook = getWebhook(calendar, read(world, webhookIdSchema, body).id);
    calendar.webhooks = calendar.webhooks.filter((other) => other !== webhook);
    return {};
  }),
];

function checkRefusedTypes(world: World, types: readonly string[]): void {
  const { refusedTypes } = world.settings.webhooks;
  const lines = types.flatMap((type, place) =>
    refusedTypes.includes(type) ? [`- event_types.${place}: Invalid option`] : [],
  );
  if (lines.length > 0) throw new ApiError(400, ['Invalid request.', ...lines].join('\n'));
}
