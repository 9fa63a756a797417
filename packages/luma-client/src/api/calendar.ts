import {
  lumaCalendarSchema,
  lumaContactSchema,
  lumaEntityLookupSchema,
  lumaEventAddedSchema,
  lumaEventLookupSchema,
  lumaSelfSchema,
} from '@luma-sync/luma-contract';
import { ENDPOINTS } from '../endpoint.js';
import { walkPages } from '../listing.js';
import type { LumaApi } from '../luma-api.js';
import type { Requests } from './requests.js';

type CalendarApi = Pick<
  LumaApi,
  | 'getSelf'
  | 'getCalendar'
  | 'lookupEntity'
  | 'lookupCalendarEvent'
  | 'addEventToCalendar'
  | 'listContacts'
  | 'listAllContacts'
>;

/** The key's user and calendar, what is on it, and its contacts. */
export function createCalendarApi({ request, list }: Requests): CalendarApi {
  const listContacts: LumaApi['listContacts'] = (query, call) =>
    list(ENDPOINTS.listContacts, lumaContactSchema, query, call);

  return {
    getSelf: (call) => request(ENDPOINTS.getSelf, lumaSelfSchema, {}, call),
    getCalendar: (call) => request(ENDPOINTS.getCalendar, lumaCalendarSchema, {}, call),
    lookupEntity: async (slug, call) =>
      (await request(ENDPOINTS.lookupEntity, lumaEntityLookupSchema, { query: { slug } }, call)).entity,
    lookupCalendarEvent: async (by, call) => {
      // The address alone was refused once (docs/luma-api.md); the platform goes with it.
      const query = 'eventId' in by ? { event_id: by.eventId, platform: 'luma' } : { url: by.url, platform: 'luma' };
      return (await request(ENDPOINTS.lookupCalendarEvent, lumaEventLookupSchema, { query }, call)).event;
    },
    addEventToCalendar: (body, call) => request(ENDPOINTS.addEventToCalendar, lumaEventAddedSchema, { body }, call),
    listContacts,
    listAllContacts: (query, call, limits) =>
      walkPages((cursor) => listContacts({ ...query, pagination_cursor: cursor }, call), limits),
  };
}
