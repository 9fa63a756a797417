import { lumaTagCreatedSchema, lumaTagSchema, lumaTicketTypeSchema } from '@luma-sync/luma-contract';
import { ENDPOINTS } from '../endpoint.js';
import type { LumaApi } from '../luma-api.js';
import type { Requests } from './requests.js';

type TagsAndTicketsApi = Pick<
  LumaApi,
  'listEventTags' | 'createEventTag' | 'applyEventTag' | 'unapplyEventTag' | 'listTicketTypes'
>;

/** Tags of events and ticket types: short lists without pages. */
export function createTagsAndTicketsApi({ request, write, listWhole }: Requests): TagsAndTicketsApi {
  return {
    listEventTags: (call) => listWhole(ENDPOINTS.listEventTags, lumaTagSchema, {}, call),
    createEventTag: (name, call) => request(ENDPOINTS.createEventTag, lumaTagCreatedSchema, { body: { name } }, call),
    applyEventTag: (tag, eventId, call) => write(ENDPOINTS.applyEventTag, { tag, event_ids: [eventId] }, call),
    unapplyEventTag: (tag, eventId, call) => write(ENDPOINTS.unapplyEventTag, { tag, event_ids: [eventId] }, call),
    listTicketTypes: (eventId, call) =>
      listWhole(ENDPOINTS.listTicketTypes, lumaTicketTypeSchema, { event_id: eventId, include_hidden: 'true' }, call),
  };
}
