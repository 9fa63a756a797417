import type { LumaCoordinate, LumaGeoAddress } from '@luma-sync/luma-contract';

/** What the simulated Luma holds. Instants are ISO strings in UTC with milliseconds, as Luma writes them. */

export interface SimUser {
  id: string;
  email: string;
  name: string | null;
  firstName: string | null;
  lastName: string | null;
  avatarUrl: string;
}

export interface SimCalendar {
  id: string;
  name: string;
  slug: string | null;
  apiKeys: string[];
  /** False plays a lapsed subscription: every call fails although the key is right. */
  isPlanActive: boolean;
  owner: SimUser;
  webhooks: SimWebhook[];
  coupons: SimCoupon[];
  /** Events of other calendars, or external ones, put on this calendar. */
  listings: SimListing[];
  /** Tags that events of the calendar may bear. */
  eventTags?: SimTag[];
}

export interface SimTag {
  id: string;
  name: string;
  color: string;
}

export interface SimListing {
  id: string;
  platform: 'luma' | 'external';
  /** For `luma`: the event. */
  eventId: string | null;
  status: 'approved' | 'pending' | 'rejected';
  external: SimExternalEvent | null;
}

export interface SimExternalEvent {
  name: string;
  url: string;
  startAt: string;
  endAt: string | null;
  timezone: string | null;
  hostName: string | null;
  coordinate: LumaCoordinate | null;
}

export type Visibility = 'public' | 'members-only' | 'private';
export type GuestStatus = 'approved' | 'session' | 'pending_approval' | 'invited' | 'declined' | 'waitlist';

export interface SimEvent {
  id: string;
  calendarId: string;
  userId: string;
  createdAt: string;
  name: string;
  startAt: string;
  endAt: string;
  timezone: string;
  slug: string;
  description: string;
  descriptionMd: string;
  coverUrl: string;
  visibility: Visibility;
  geoAddress: LumaGeoAddress | null;
  coordinate: LumaCoordinate | null;
  meetingUrl: string | null;
  locationVisibility: 'public' | 'guests-only';
  waitlistStatus: 'disabled' | 'enabled';
  isRegistrationOpen: boolean;
  maxCapacity: number | null;
  tags: { id: string; name: string }[];
  registrationQuestions: unknown[];
  feedbackEmail: { enabled: boolean; delay?: string | undefined };
  hosts: SimUser[];
  ticketTypes: SimTicketType[];
  coupons: SimCoupon[];
  guests: Map<string, SimGuest>;
  cancellation: { token: string; expiresAtMs: number } | null;
  /** The state before the last change by the API, for as many reads as still show it; no event before it was made. */
  stale: { reads: number; event: SimEvent | null; at: number } | null;
  /** Changes at Luma's side since creation; Luma itself shows nothing like it. */
  changes: number;
}

export interface SimGuest {
  id: string;
  /** The `pk` of the check-in code. */
  key: string;
  userId: string;
  email: string;
  name: string | null;
  firstName: string | null;
  lastName: string | null;
  phone: string | null;
  status: GuestStatus;
  createdAt: string;
  invitedAt: string | null;
  registeredAt: string | null;
  joinedAt: string | null;
  utmSource: string | null;
  answers: { question_id: string; label: string; question_type: string; value: unknown }[];
  tickets: SimTicket[];
  /** How often `guests/add` named this guest. */
  adds: number;
}

export interface SimTicket {
  id: string;
  /** Opens the guest as well as the guest's own key does. */
  key: string;
  ticketTypeId: string;
  name: string;
  amount: number;
  currency: string | null;
  checkedInAt: string | null;
}

export interface SimTicketType {
  id: string;
  name: string;
  type: 'free' | 'paid';
  requireApproval: boolean;
  isHidden: boolean;
  description: string | null;
  validStartAt: string | null;
  validEndAt: string | null;
  maxCapacity: number | null;
  cents: number | null;
  currency: string | null;
  isFlexible: boolean;
  minCents: number | null;
}

export interface SimCoupon {
  id: string;
  code: string;
  remainingCount: number;
  validStartAt: string | null;
  validEndAt: string | null;
  percentOff: number | null;
  centsOff: number | null;
  currency: string | null;
  ticketTypeId: string | null;
}

export interface SimWebhook {
  id: string;
  url: string;
  eventTypes: string[];
  status: 'active' | 'paused';
  secret: string;
  createdAt: string;
}
