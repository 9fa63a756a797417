import type { Event, Rsvp } from '@luma-sync/client';
import type { LumaMail, MailboxMail, SimCounters, SimEvent } from '../environment/luma.js';
import type { Environment } from '../environment/open-environment.js';
import { patiently, type Told } from '../environment/patience.js';

const PATIENCE_MS = 60_000;

export interface OurEvent {
  event: Event;
  rsvps: Rsvp[];
}

/** Both sides as they are, each asked in its own way. */
export interface Sides {
  ours: OurEvent[];
  theirs: SimEvent[];
  counters: SimCounters;
  lumaMails: LumaMail[];
  mailbox: MailboxMail[];
}

export async function readSides({ app, luma }: Environment): Promise<Sides> {
  const events = await read(() => collect(app.events.all()));
  const ours: OurEvent[] = [];
  for (const event of events)
    ours.push({ event, rsvps: await read(() => collect(app.rsvps.all(event.externalId ?? event.id))) });
  return {
    ours,
    theirs: await luma.state(),
    counters: await luma.counters(),
    lumaMails: await luma.mails(),
    mailbox: await luma.mailbox.mails(),
  };
}

async function read<T>(attempt: () => Promise<T>): Promise<T> {
  const told: Told<T> = await patiently(attempt, { limitMs: PATIENCE_MS });
  if (told.kind === 'accepted') return told.answer;
  throw new Error(`luma-sync cannot be read: ${told.kind === 'refused' ? told.error.message : 'no answer'}`);
}

async function collect<T>(all: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of all) found.push(item);
  return found;
}
