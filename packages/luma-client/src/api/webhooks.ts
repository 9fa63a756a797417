import { lumaWebhookSchema } from '@luma-sync/luma-contract';
import { ENDPOINTS } from '../endpoint.js';
import { walkPages } from '../listing.js';
import type { LumaApi } from '../luma-api.js';
import type { Requests } from './requests.js';

type WebhooksApi = Pick<
  LumaApi,
  'listWebhooks' | 'listAllWebhooks' | 'getWebhook' | 'createWebhook' | 'updateWebhook' | 'deleteWebhook'
>;

/** The webhooks that Luma calls for the key's calendar. */
export function createWebhooksApi({ request, write, list }: Requests): WebhooksApi {
  const listWebhooks: LumaApi['listWebhooks'] = (page, call) =>
    list(ENDPOINTS.listWebhooks, lumaWebhookSchema, page, call);

  return {
    listWebhooks,
    listAllWebhooks: (call, limits) => walkPages((cursor) => listWebhooks({ pagination_cursor: cursor }, call), limits),
    getWebhook: (webhookId, call) =>
      request(ENDPOINTS.getWebhook, lumaWebhookSchema, { query: { id: webhookId } }, call),
    createWebhook: ({ url, eventTypes }, call) =>
      request(ENDPOINTS.createWebhook, lumaWebhookSchema, { body: { url, event_types: eventTypes } }, call),
    updateWebhook: (webhookId, { eventTypes, status }, call) =>
      request(
        ENDPOINTS.updateWebhook,
        lumaWebhookSchema,
        { body: { id: webhookId, event_types: eventTypes, status } },
        call,
      ),
    deleteWebhook: (webhookId, call) => write(ENDPOINTS.deleteWebhook, { id: webhookId }, call),
  };
}
