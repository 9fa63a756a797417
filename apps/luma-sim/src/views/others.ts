import type { SimCalendar, SimCoupon, SimTicketType, SimUser, SimWebhook } from '../state/records.js';

export const toSelf = (user: SimUser) => ({
  id: user.id,
  name: user.name,
  avatar_url: user.avatarUrl,
  email: user.email,
  first_name: user.firstName,
  last_name: user.lastName,
});

export const calendarUrl = (calendar: SimCalendar): string =>
  calendar.slug === null ? `https://luma.com/calendar/${calendar.id}` : `https://luma.com/${calendar.slug}`;

export const toCalendar = (calendar: SimCalendar) => ({
  id: calendar.id,
  name: calendar.name,
  slug: calendar.slug,
  avatar_url: null,
  url: calendarUrl(calendar),
  description: null,
  social_image_url: null,
  cover_image_url: null,
  is_personal: calendar.slug === null,
  location: null,
  coordinate: null,
  instagram_handle: null,
  twitter_handle: null,
  youtube_handle: null,
  website: null,
});

export const toCoupon = (coupon: SimCoupon) => ({
  id: coupon.id,
  code: coupon.code,
  remaining_count: coupon.remainingCount,
  valid_start_at: coupon.validStartAt,
  valid_end_at: coupon.validEndAt,
  percent_off: coupon.percentOff,
  cents_off: coupon.centsOff,
  currency: coupon.currency,
  ...(coupon.ticketTypeId === null ? {} : { event_ticket_type_id: coupon.ticketTypeId }),
});

export const toTicketType = (type: SimTicketType) => ({
  id: type.id,
  name: type.name,
  type: type.type,
  require_approval: type.requireApproval,
  is_hidden: type.isHidden,
  description: type.description,
  valid_start_at: type.validStartAt,
  valid_end_at: type.validEndAt,
  max_capacity: type.maxCapacity,
  cents: type.cents,
  currency: type.currency,
  is_flexible: type.isFlexible,
  min_cents: type.minCents,
});

/** The secret is in every answer, lists too (documented). */
export const toWebhook = (webhook: SimWebhook) => ({
  id: webhook.id,
  url: webhook.url,
  event_types: webhook.eventTypes,
  status: webhook.status,
  secret: webhook.secret,
  created_at: webhook.createdAt,
});
