/* Calendars. */

export interface Routing {
  lat: number;
  lng: number;
  radiusKm: number;
  /** Of several circles around a place the one with the highest takes the event, then the smallest. Default 0. */
  priority?: number;
}

export interface CalendarInput {
  name: string;
  kind: 'luma' | 'manual';
  apiKey?: string;
  isDefault?: boolean;
  routing?: Routing;
  webhookSecret?: string;
  /** Of new events that name no time zone. */
  defaultTimezone?: string;
}

/** Covers for events that have none, or none that can be used: by tag, then for all others. JPEG or PNG. */
export interface CoverFallbacks {
  byTag: Record<string, string>;
  otherwise: string | null;
}

/** What is left out stays; null removes. */
export interface CalendarChange {
  name?: string;
  apiKey?: string | null;
  isDefault?: boolean;
  routing?: Routing | null;
  icalUrl?: string | null;
  webhookSecret?: string;
  syncEnabled?: boolean;
  mailOnRsvp?: boolean;
  mailOnUpdate?: boolean;
  /** Whether a guest pull that does not say `sendEmails` mails the codes it gives. Default false. */
  mailCoupons?: boolean;
  /** False: Luma chooses the public addresses of new events. */
  ownAddresses?: boolean;
  /** Of new events that name no time zone. */
  defaultTimezone?: string | null;
  /** Roles of hosts whose events need no approval, as the app spells them. */
  publishingRoles?: string[];
  /** What a person is told who answers without a mail address; null: luma-sync's own words. */
  emailRequiredText?: string | null;
  /** More people than this are mailed at once only when a command says their number. */
  mailConfirmAbove?: number;
  coverFallbacks?: Partial<CoverFallbacks>;
}

export interface Calendar {
  id: string;
  name: string;
  kind: 'luma' | 'ical' | 'manual';
  isDefault: boolean;
  organizationId: string | null;
  lumaCalendarId: string | null;
  hasApiKey: boolean;
  hasWebhookSecret: boolean;
  webhookUrl: string;
  icalUrl: string | null;
  routing: (Routing & { priority: number }) | null;
  syncEnabled: boolean;
  mailOnRsvp: boolean;
  mailOnUpdate: boolean;
  mailCoupons: boolean;
  ownAddresses: boolean;
  defaultTimezone: string | null;
  publishingRoles: string[];
  emailRequiredText: string | null;
  mailConfirmAbove: number;
  coverFallbacks: CoverFallbacks;
  /** `disconnected`: the last connection test failed, and Luma has not answered the key since. */
  status: 'ok' | 'auth_failed' | 'plan_inactive' | 'paused' | 'disconnected';
  statusReason: string | null;
  /** What to do; null when there is nothing to do. */
  statusAdvice: string | null;
  statusSince: string;
  webhook: {
    id: string | null;
    /** `silent`: it stands at Luma, yet nothing arrives. */
    state: 'unknown' | 'ok' | 'silent';
    /** Types of message that Luma refuses, with its words. */
    refusedTypes: { type: string; message: string }[];
    checkedAt: string | null;
    repairedAt: string | null;
  };
  lastSyncedAt: string | null;
  createdAt: string;
}

export interface ConnectionTest {
  status: 'connected' | 'disconnected';
  reason: string | null;
}
