import { lumaCouponSchema } from '@luma-sync/luma-contract';
import { ENDPOINTS } from '../endpoint.js';
import { walkPages } from '../listing.js';
import type { LumaApi } from '../luma-api.js';
import type { Requests } from './requests.js';

type CouponsApi = Pick<
  LumaApi,
  | 'listEventCoupons'
  | 'listAllEventCoupons'
  | 'createEventCoupon'
  | 'updateEventCoupon'
  | 'listCalendarCoupons'
  | 'listAllCalendarCoupons'
  | 'createCalendarCoupon'
  | 'updateCalendarCoupon'
>;

/** Luma's own coupons, of an event and of the whole calendar. */
export function createCouponsApi({ request, write, list }: Requests): CouponsApi {
  const listEventCoupons: LumaApi['listEventCoupons'] = (eventId, page, call) =>
    list(ENDPOINTS.listEventCoupons, lumaCouponSchema, { event_id: eventId, ...page }, call);
  const listCalendarCoupons: LumaApi['listCalendarCoupons'] = (page, call) =>
    list(ENDPOINTS.listCalendarCoupons, lumaCouponSchema, page, call);

  return {
    listEventCoupons,
    listAllEventCoupons: (eventId, call, limits) =>
      walkPages((cursor) => listEventCoupons(eventId, { pagination_cursor: cursor }, call), limits),
    createEventCoupon: (eventId, body, call) =>
      request(ENDPOINTS.createEventCoupon, lumaCouponSchema, { body: { ...body, event_id: eventId } }, call),
    updateEventCoupon: (eventId, body, call) =>
      write(ENDPOINTS.updateEventCoupon, { ...body, event_id: eventId }, call),
    listCalendarCoupons,
    listAllCalendarCoupons: (call, limits) =>
      walkPages((cursor) => listCalendarCoupons({ pagination_cursor: cursor }, call), limits),
    createCalendarCoupon: (body, call) => request(ENDPOINTS.createCalendarCoupon, lumaCouponSchema, { body }, call),
    updateCalendarCoupon: (body, call) => write(ENDPOINTS.updateCalendarCoupon, body, call),
  };
}
