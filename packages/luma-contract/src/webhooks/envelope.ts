import { z } from 'zod';
import { type LumaEvent, lumaEventSchema } from '../answers/event.js';
import { type OddRecord, readSingle } from '../answers/odd-record.js';
import type { LumaContact } from '../answers/people.js';
import { type FieldNote, toFieldNotes } from '../reading.js';
import {
  calendarEventAddedSchema,
  calendarPersonSubscribedSchema,
  type LumaCalendarEventAdded,
  type LumaWebhookGuest,
  type LumaWebhookTicket,
  webhookGuestSchema,
  webhookTicketSchema,
} from './payloads.js';

/** What every delivery is: a type and its data, no id and no time in the body (documented). */
export const webhookBodySchema = z.object({ type: z.string().min(1).max(200), data: z.unknown() });

/**
 * The types we read. `event.canceled` has one l. Check-ins come as `guest.updated`; there is no `guest.created`. Luma
 * also sends types not listed here (`calendar.event.submitted`, `guest.refunded`, `calendar.person.unsubscribed`):
 * those are kept unread.
 */
export const PAYLOADS = {
  'event.created': lumaEventSchema,
  'event.updated': lumaEventSchema,
  'event.canceled': lumaEventSchema,
  'guest.registered': webhookGuestSchema,
  'guest.updated': webhookGuestSchema,
  'ticket.registered': webhookTicketSchema,
  'calendar.event.added': calendarEventAddedSchema,
  'calendar.person.subscribed': calendarPersonSubscribedSchema,
} as const;

export type KnownWebhookType = keyof typeof PAYLOADS;
export const KNOWN_WEBHOOK_TYPES = Object.keys(PAYLOADS) as readonly KnownWebhookType[];

export type WebhookEnvelope =
  | { known: true; type: 'event.created' | 'event.updated' | 'event.canceled'; data: LumaEvent }
  | { known: true; type: 'guest.registered' | 'guest.updated'; data: LumaWebhookGuest }
  | { known: true; type: 'ticket.registered'; data: LumaWebhookTicket }
  | { known: true; type: 'calendar.event.added'; data: LumaCalendarEventAdded }
  | { known: true; type: 'calendar.person.subscribed'; data: LumaContact }
  | { known: false; type: string; data: unknown };

export type WebhookParse =
  /** `odd`: the record was read without some of its fields. */
  | { ok: true; envelope: WebhookEnvelope; odd: OddRecord | null }
  /**
   * `body`: not even a type, so these bytes never were a webhook. `data`: a type we know whose data we cannot read,
   * which is `odd` then.
   */
  | { ok: false; part: 'body' | 'data'; type: string | null; fields: string[]; odd: OddRecord | null };

/** True for a type whose data this contract reads. */
export function isKnownWebhookType(type: string): type is KnownWebhookType {
  return Object.hasOwn(PAYLOADS, type);
}

/**
 * Reads a delivery's parsed JSON body. Never throws. A type nobody told us about is no failure. `fields` names paths
 * and never values, so it may be logged.
 */
export function parseWebhook(raw: unknown): WebhookParse {
  const body = webhookBodySchema.safeParse(raw);
  if (!body.success)
    return { ok: false, part: 'body', type: null, fields: pathsOf(toFieldNotes(body.error.issues)), odd: null };
  const { type, data } = body.data;
  if (!isKnownWebhookType(type)) return { ok: true, envelope: { known: false, type, data }, odd: null };
  const reading = readSingle<z.ZodType>(PAYLOADS[type], data);
  const { record, odd } = reading;
  if (!reading.isRead) return { ok: false, part: 'data', type, fields: pathsOf(reading.odd.notes), odd };
  return { ok: true, envelope: { known: true, type, data: record } as WebhookEnvelope, odd };
}

const pathsOf = (notes: readonly FieldNote[]): string[] => notes.map(({ path }) => path || '(whole)');
