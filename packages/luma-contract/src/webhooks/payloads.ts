import { z } from 'zod';
import { lumaEventSchema } from '../answers/event.js';
import { lumaGuestSchema, lumaTicketSchema } from '../answers/guest.js';
import { lumaContactSchema, lumaHostSchema } from '../answers/people.js';
import { reading } from '../reads.js';
import { asRecord, instantSchema, lenient, listOf, openEnum } from '../tolerance.js';

const nestedEventSchema = z.object({ event: lenient(lumaEventSchema), event_id: lenient(z.string().min(1)) });

/** Keeps the event's id even when the nested event itself cannot be read in full. */
function withEventId(raw: unknown): unknown {
  const record = asRecord(raw);
  const event = asRecord(record?.event);
  if (record === null || event === null) return raw;
  return { ...record, event_id: record.event_id ?? event.id ?? event.api_id };
}

/**
 * `guest.registered` and `guest.updated`: the guest lies flat in `data`, with the event nested (seen live). Either
 * field of the event may be missing: `guest.refunded` was reported without it.
 */
export const webhookGuestSchema = reading(
  z.preprocess(
    withEventId,
    // Two readings of one object: the guest's own fields, and what says which event it belongs to.
    z.unknown().transform((raw, ctx) => {
      const guest = lumaGuestSchema.safeParse(withoutEvent(raw));
      if (!guest.success) {
        for (const issue of guest.error.issues)
          ctx.addIssue({ code: 'custom', path: [...issue.path], message: issue.message });
        return z.NEVER;
      }
      return { ...guest.data, ...nestedEventSchema.parse(asRecord(raw) ?? {}) };
    }),
  ),
  { parts: [lumaGuestSchema, nestedEventSchema] },
);
export type LumaWebhookGuest = z.output<typeof webhookGuestSchema>;

function withoutEvent(raw: unknown): unknown {
  const record = asRecord(raw);
  if (record === null) return raw;
  const { event: _event, event_id: _eventId, event_ticket, ...guest } = record;
  // In `ticket.registered` the single ticket is the one this delivery is about, not the guest's only one.
  return 'event_tickets' in guest ? guest : { ...guest, event_ticket };
}

/**
 * `ticket.registered`: the same, and the one ticket this delivery is about. Three tickets are three deliveries.
 * Documented.
 */
export const webhookTicketSchema = reading(
  z.unknown().transform((raw, ctx) => {
    const guest = webhookGuestSchema.safeParse(raw);
    const ticket = lumaTicketSchema.safeParse(asRecord(raw)?.event_ticket);
    for (const part of [guest, ticket]) {
      if (part.success) continue;
      const under = part === ticket ? ['event_ticket'] : [];
      for (const issue of part.error.issues)
        ctx.addIssue({ code: 'custom', path: [...under, ...issue.path], message: issue.message });
    }
    return guest.success && ticket.success ? { ...guest.data, event_ticket: ticket.data } : z.NEVER;
  }),
  { parts: [webhookGuestSchema, z.object({ event_ticket: lumaTicketSchema })] },
);
export type LumaWebhookTicket = z.output<typeof webhookTicketSchema>;

/**
 * `calendar.event.added`: an event put on the calendar, ours or foreign. Hosts come without mail addresses; an external
 * event has an id `calev-...` and possibly no end and no zone (documented).
 */
export const calendarEventAddedSchema = z.object({
  id: z.string().min(1),
  platform: lenient(openEnum(['luma', 'external'])),
  name: z.string(),
  url: lenient(z.string()),
  cover_url: lenient(z.string().nullable()),
  start_at: instantSchema,
  end_at: lenient(instantSchema.nullable()),
  timezone: lenient(z.string().nullable()),
  calendar: lenient(z.object({ id: z.string(), name: lenient(z.string()) }).nullable()),
  hosts: lenient(listOf(lumaHostSchema)),
  host_name: lenient(z.string().nullable()),
});
export type LumaCalendarEventAdded = z.output<typeof calendarEventAddedSchema>;

/** `calendar.person.subscribed`: counters and mail address, the person nested in `user`. Documented. */
export const calendarPersonSubscribedSchema = lumaContactSchema;
