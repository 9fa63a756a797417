import type { CreateEventCouponRequest, UpdateCalendarCouponRequest } from '@luma-sync/luma-contract';
import { ApiError } from '../http-error.js';
import type { SimCoupon } from './records.js';
import type { World } from './world.js';

type NewCoupon = Omit<CreateEventCouponRequest, 'event_id'>;

/** Codes are the key, and their case does not count (documented). */
const findCode = (coupons: SimCoupon[], code: string) =>
  coupons.find((coupon) => coupon.code.toLowerCase() === code.toLowerCase());

export function createCoupon(world: World, coupons: SimCoupon[], input: NewCoupon): SimCoupon {
  if (findCode(coupons, input.code) !== undefined) {
    throw new ApiError(400, 'Invalid request.\n- code: This code is already in use');
  }
  const { discount } = input;
  const coupon: SimCoupon = {
    id: world.ids.next('coup-'),
    code: input.code,
    remainingCount: input.remaining_count ?? 1_000_000,
    validStartAt: input.valid_start_at ?? null,
    validEndAt: input.valid_end_at ?? null,
    percentOff: discount.discount_type === 'percent' ? discount.percent_off : null,
    centsOff: discount.discount_type === 'amount' ? discount.cents_off : null,
    currency: discount.discount_type === 'amount' ? discount.currency : null,
    ticketTypeId: input.event_ticket_type_id ?? null,
  };
  coupons.push(coupon);
  return coupon;
}

export function updateCoupon(coupons: SimCoupon[], input: UpdateCalendarCouponRequest): void {
  const coupon = findCode(coupons, input.code);
  if (coupon === undefined) throw new ApiError(404, 'Coupon not found.');
  if (input.remaining_count !== undefined) coupon.remainingCount = input.remaining_count;
  if (input.valid_start_at !== undefined) coupon.validStartAt = input.valid_start_at;
  if (input.valid_end_at !== undefined) coupon.validEndAt = input.valid_end_at;
}
