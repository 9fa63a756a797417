import type { DifferenceReason, GuestReason, RsvpStatus } from '@luma-sync/domain';
import type { RunEnding, RunRequests, Trigger } from '@luma-sync/jobs';
import type { FlowFact } from './flow-facts.js';

export type { FlowFact, WebhookTrouble } from './flow-facts.js';

/*
 * What can happen to a record, as data. `render-fact.ts` turns each into the message that an operator reads. A fact
 * holds ids, counts and stable words, never a name, an email address or a secret.
 */

/**
 * Where Luma's state was seen (`webhook`, `pull`, `push`, `drift check`) and when it was so: the webhook's signature,
 * or the request.
 */
export interface Observation {
  via: string;
  /** ISO 8601 */
  seenAt: string;
}

export type EventFact =
  | { fact: 'event-created'; approval: string; hostRole: string | null }
  | { fact: 'event-edited'; revision: number; fields: readonly string[]; approval: string | null }
  | { fact: 'event-commanded'; revision: number; command: string }
  | { fact: 'event-create-asked'; slug: string | null }
  | { fact: 'event-create-answered'; lumaEventId: string; isAdopted: boolean; foundBy?: 'start-and-name' }
  | { fact: 'event-pushed'; revision: number; fields: readonly string[]; mailReason: string | null }
  | { fact: 'event-push-given-up'; code: string; message: string }
  /** Luma holds another value of these fields than we do, and why. `message` is Luma's text of a refusal. */
  | { fact: 'event-not-at-luma'; fields: readonly { field: string; why: DifferenceReason; message?: string }[] }
  /** These fields differ no longer. */
  | { fact: 'event-at-luma-again'; fields: readonly string[] }
  /** The push went through without the cover. */
  | { fact: 'event-cover-refused'; code: string; message: string }
  | ({ fact: 'event-first-seen' } & Observation)
  | ({ fact: 'event-changed-there'; fields: readonly string[] } & Observation)
  | ({ fact: 'event-gone'; isCancelled: boolean } & Observation)
  /** Luma has another event under the id that ours was linked to. */
  | ({ fact: 'event-id-reused'; lumaEventId: string } & Observation)
  /** Tied to an event that Luma had before we knew; `fields` were taken from there. */
  | { fact: 'event-adopted'; lumaEventId: string; by: AdoptionReason; fields: readonly string[] }
  /** May be one of these; a person is asked. */
  | { fact: 'event-in-doubt'; lumaEventIds: readonly string[] }
  /** What a person said of two events that may be the same. */
  | { fact: 'event-compared'; lumaEventId: string; answer: 'link' | 'keep_apart' }
  | { fact: 'conflict'; field: string; kept: 'ours' | 'theirs'; rule: 'owner' | 'declined' | 'adoption' }
  | { fact: 'conflict-settled'; field: string; keep: 'ours' | 'theirs'; isFlipped: boolean };

/**
 * Why an event of ours and one of Luma's are the same: a person said so, the address was made from our id, or start and
 * name fit.
 */
export type AdoptionReason = 'answer' | 'slug' | 'time_and_name';

export type RsvpFact =
  | {
      fact: 'rsvp-answered';
      revision: number;
      status: RsvpStatus;
      person: 'known' | 'changed' | 'new' | 'taken-over' | 'absorbed';
    }
  | { fact: 'rsvp-decided'; revision: number; status: RsvpStatus }
  | { fact: 'rsvp-asked'; how: 'add' | 'update'; approvalStatus: string; revision: number; isRepeat: boolean }
  | ({
      fact: 'rsvp-seen';
      reason: GuestReason;
      /** Ours, after the merge. */
      status: RsvpStatus;
      /** Luma's own word. */
      approvalStatus: string;
      /** Tickets the guest has, and when the first of them was checked in; null where Luma did not say. */
      tickets: number | null;
      checkedInAt: string | null;
    } & Observation)
  | { fact: 'rsvp-declined-there' }
  /** Luma has a guest under the address, and nobody has shown that it is this person. */
  | { fact: 'rsvp-unverified' }
  /** Luma refuses the name, so the person was added without it. */
  | { fact: 'rsvp-name-refused'; message: string }
  | { fact: 'rsvp-removed'; was: RsvpStatus }
  | { fact: 'rsvp-restored'; status: RsvpStatus }
  | { fact: 'rsvp-given-up'; code: string; message: string };

export type CouponFact =
  | { fact: 'coupon-assigned'; pool: string; mail: 'asked-for' | 'not-wanted' | 'no-address'; askedBy: string }
  /** Of a code that was given without a mail before. */
  | { fact: 'coupon-mail-asked'; pool: string; askedBy: string }
  /** Of an answer: its guest earned a code, and the pool had none left. */
  | { fact: 'coupon-missing'; pool: string }
  /** Of an event. */
  | { fact: 'coupon-pool-empty'; pool: string }
  | { fact: 'coupon-mailed'; providerId: string }
  | { fact: 'coupon-withdrawn'; reason: 'no-place' | 'event-cancelled' }
  | { fact: 'coupon-settled'; isSent: boolean };

export type CalendarFact =
  | { fact: 'calendar-status'; status: string; reason: string | null }
  | { fact: 'calendar-created'; kind: string }
  /** `fields` by name; a secret is named like any other, its value is nowhere. */
  | { fact: 'calendar-changed'; fields: readonly string[] }
  | { fact: 'coupon-pool-created'; pool: string }
  | { fact: 'coupon-codes-added'; pool: string; codes: number };

/** One run of an operation, with every request it made: one entry, however many they were. */
export interface RunFact extends RunRequests {
  fact: 'run';
  job: string;
  trigger: Trigger;
  /** Who asked for the operation. */
  askedBy: string;
  ending: RunEnding;
}

export type TimelineFact = EventFact | RsvpFact | CouponFact | CalendarFact | FlowFact | RunFact;
