import { lumaGuestSchema, lumaGuestsAcceptedSchema } from '@luma-sync/luma-contract';
import { ENDPOINTS, type Endpoint, whenMailing } from '../endpoint.js';
import { walkPages } from '../listing.js';
import type { LumaApi } from '../luma-api.js';
import type { QueryValue } from '../request-url.js';
import type { Requests } from './requests.js';

type GuestsApi = Pick<
  LumaApi,
  'getGuest' | 'findGuest' | 'listGuests' | 'listAllGuests' | 'addGuests' | 'updateGuestStatus'
>;

const source = (endpoint: Endpoint, query: { event_id: string; [name: string]: QueryValue }) => ({
  of: { kind: 'guest' as const, lumaEventId: query.event_id },
  endpoint,
  schema: lumaGuestSchema,
  query: { ...query },
});

/** The guests of an event. */
export function createGuestsApi({ records, request, write }: Requests): GuestsApi {
  const listGuests: LumaApi['listGuests'] = (query, call) => records.page(source(ENDPOINTS.listGuests, query), call);
  const one = (eventId: string, guestId: string) => source(ENDPOINTS.getGuest, { event_id: eventId, id: guestId });

  return {
    getGuest: (eventId, guestId, call) => records.get(one(eventId, guestId), call),
    findGuest: (eventId, guestId, call) => records.find(one(eventId, guestId), call),
    listGuests,
    listAllGuests: (query, call, limits) =>
      walkPages((cursor) => listGuests({ ...query, pagination_cursor: cursor }, call), limits),
    addGuests: (eventId, body, { sendEmail }, call) =>
      request(
        ENDPOINTS.addGuests,
        lumaGuestsAcceptedSchema,
        { body: { ...body, event_id: eventId, send_email: sendEmail } },
        call,
      ),
    updateGuestStatus: (eventId, body, { sendEmail }, call) =>
      write(
        whenMailing(ENDPOINTS.updateGuestStatus, sendEmail),
        { ...body, event_id: eventId, send_email: sendEmail },
        call,
      ),
  };
}
