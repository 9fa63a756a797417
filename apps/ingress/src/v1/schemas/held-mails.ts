import { z } from 'zod';
import { pageQuery, uuid, wireInstant } from './fields.js';

export const heldMails = z
  .object({
    eventId: uuid,
    event: z.string().meta({ description: 'The app’s id of the event, else ours.' }),
    title: z.string(),
    calendarId: uuid,
    held: z.number().int().meta({ description: 'People whose mail waits for a person’s word.' }),
    confirmed: z
      .number()
      .int()
      .meta({ description: 'People whose mail was confirmed and has not been asked for yet.' }),
    since: wireInstant.nullable().meta({ description: 'When the oldest of these answers was sent without a mail.' }),
  })
  .meta({
    id: 'HeldMails',
    description:
      'Answers of an event that Luma has and did not mail about, since a command would have mailed more people ' +
      'than the calendar’s limit.',
  });
export type HeldMailsWire = z.infer<typeof heldMails>;

export const heldMailsQuery = z.strictObject({ calendarId: uuid.optional(), ...pageQuery });

export const heldMailsConfirmation = z
  .strictObject({ confirmRecipients: z.number().int().min(1).max(10_000_000) })
  .meta({
    id: 'HeldMailsConfirmation',
    description:
      'How many people may be mailed. Where more are held, nothing is done and the answer is 409 with their number.',
  });
