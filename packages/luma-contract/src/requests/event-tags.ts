import { z } from 'zod';

/** `POST /v1/calendars/event-tags/create`. Documented. */
export const createEventTagRequestSchema = z.strictObject({ name: z.string().min(1) });

/** `POST /v1/calendars/event-tags/apply` and `/unapply`: `tag` is an id or a name. Documented. */
export const applyEventTagRequestSchema = z.strictObject({
  tag: z.string().min(1),
  event_ids: z.array(z.string().min(1)).min(1),
});
