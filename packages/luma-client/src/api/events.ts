import {
  lumaCancelRequestedSchema,
  lumaCreatedSchema,
  lumaEventSchema,
  lumaUploadUrlSchema,
} from '@luma-sync/luma-contract';
import { ENDPOINTS, type Endpoint, whenMailing } from '../endpoint.js';
import { walkPages } from '../listing.js';
import type { LumaApi } from '../luma-api.js';
import type { Requests } from './requests.js';

type EventsApi = Pick<
  LumaApi,
  | 'getEvent'
  | 'findEvent'
  | 'listEvents'
  | 'listAllEvents'
  | 'createEvent'
  | 'updateEvent'
  | 'requestCancellation'
  | 'cancelEvent'
  | 'createImageUploadUrl'
  | 'uploadImage'
>;

const source = (endpoint: Endpoint, query: object) => ({
  of: { kind: 'event' as const, lumaEventId: null },
  endpoint,
  schema: lumaEventSchema,
  query: { ...query },
});

/** Events, their cancellation and their cover images. */
export function createEventsApi({ transport, records, request, write }: Requests): EventsApi {
  const listEvents: LumaApi['listEvents'] = (query, call) => records.page(source(ENDPOINTS.listEvents, query), call);

  return {
    getEvent: (eventId, call) => records.get(source(ENDPOINTS.getEvent, { event_id: eventId }), call),
    findEvent: (eventId, call) => records.find(source(ENDPOINTS.getEvent, { event_id: eventId }), call),
    listEvents,
    listAllEvents: (query, call, limits) =>
      walkPages((cursor) => listEvents({ ...query, pagination_cursor: cursor }, call), limits),
    createEvent: (body, call) => request(ENDPOINTS.createEvent, lumaCreatedSchema, { body }, call),
    updateEvent: (eventId, changes, { suppressNotifications }, call) =>
      write(
        whenMailing(ENDPOINTS.updateEvent, !suppressNotifications),
        { ...changes, event_id: eventId, suppress_notifications: suppressNotifications },
        call,
      ),
    requestCancellation: (eventId, call) =>
      request(ENDPOINTS.requestCancellation, lumaCancelRequestedSchema, { body: { event_id: eventId } }, call),
    cancelEvent: (eventId, { token, shouldRefund }, _mail, call) =>
      write(ENDPOINTS.cancelEvent, { event_id: eventId, cancellation_token: token, should_refund: shouldRefund }, call),
    createImageUploadUrl: (contentType, call) =>
      request(ENDPOINTS.createImageUploadUrl, lumaUploadUrlSchema, { body: { content_type: contentType } }, call),
    uploadImage: (uploadUrl, image, call) => transport.upload(uploadUrl, image, call),
  };
}
