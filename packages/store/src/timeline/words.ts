import { type RsvpStatus, toApprovalStatus } from '@luma-sync/domain';
import { toDifferenceWords } from './difference-words.js';
import type { AdoptionReason, CalendarFact, CouponFact, EventFact, RsvpFact, Sighting, TimelineFact } from './facts.js';
import { tellFlow } from './flow-words.js';
import { tellRun } from './run-words.js';

export type TimelineKind = 'observed' | 'decided' | 'skipped' | 'asked' | 'answered' | 'mailed' | 'waiting' | 'failed';

export interface Told {
  kind: TimelineKind;
  message: string;
  /** Who did it, unless the caller names somebody. */
  actor: 'luma' | 'luma-sync';
}

/**
 * What an operator reads of a fact. The one place that says it, so that all entries speak alike; its test is a table of every fact. Words are
 * stored as they were said: a later version that speaks otherwise does not rewrite history.
 */
export function toWords(fact: TimelineFact): Told {
  switch (fact.fact) {
    case 'run':
      return byUs(...tellRun(fact));
    case 'calendar-status':
    case 'calendar-created':
    case 'calendar-changed':
    case 'coupon-pool-created':
    case 'coupon-codes-added':
      return tellCalendar(fact);
    case 'coupon-assigned':
    case 'coupon-missing':
    case 'coupon-pool-empty':
    case 'coupon-mailed':
    case 'coupon-withdrawn':
    case 'coupon-settled':
      return tellCoupon(fact);
    case 'rsvp-answered':
    case 'rsvp-decided':
    case 'rsvp-asked':
    case 'rsvp-seen':
    case 'rsvp-declined-there':
    case 'rsvp-unverified':
    case 'rsvp-name-refused':
    case 'rsvp-given-up':
    case 'rsvp-removed':
    case 'rsvp-restored':
      return tellRsvp(fact);
    case 'record-unreadable':
    case 'record-readable':
    case 'removal-asked':
    case 'removal-answered':
    case 'guest-second-entry':
    case 'guest-entry-moved':
    case 'guest-id-reused':
    case 'cancel-ordered':
    case 'cancel-asked':
    case 'mail-decided':
    case 'held-mails-answered':
    case 'webhook-repaired':
    case 'webhook-silent':
      return tellFlow(fact);
    default:
      return tellEvent(fact);
  }
}

const byUs = (kind: TimelineKind, message: string): Told => ({ kind, message, actor: 'luma-sync' });
const byLuma = (kind: TimelineKind, message: string): Told => ({ kind, message, actor: 'luma' });

function tellEvent(fact: EventFact): Told {
  switch (fact.fact) {
    case 'event-created': {
      const why =
        fact.hostRole === null ? 'the app named no role of a host' : `the role of the host is ${fact.hostRole}`;
      return byUs('decided', `Created, ${fact.approval}: ${why}.`);
    }
    case 'event-edited': {
      const decision = fact.approval === null ? '' : `; now ${fact.approval}`;
      return byUs('decided', `Edited (revision ${fact.revision}): ${fact.fields.join(', ')}${decision}.`);
    }
    case 'event-commanded':
      return byUs('decided', `${sentence(fact.command)} (revision ${fact.revision}).`);
    case 'event-create-asked':
      return byUs(
        'asked',
        fact.slug === null
          ? 'Asked Luma to create the event under an address of Luma’s choice.'
          : `Asked Luma to create the event under the address "${fact.slug}".`,
      );
    case 'event-create-answered':
      return fact.isAdopted
        ? byUs(
            'answered',
            `Found the event at Luma ${fact.foundBy === undefined ? 'under its reserved address' : 'by its start and name'} (${fact.lumaEventId}): an earlier request went through and its answer was lost. Adopted, not created again.`,
          )
        : byLuma('answered', `Luma created the event (${fact.lumaEventId}).`);
    case 'event-pushed': {
      const mail = fact.mailReason === null ? '' : ` ${fact.mailReason}`;
      return byLuma('answered', `Luma holds revision ${fact.revision} (${fact.fields.join(', ')}).${mail}`);
    }
    case 'event-push-given-up':
      return byUs('failed', `Push given up: ${fact.message}`);
    case 'event-not-at-luma':
      return byLuma('answered', `Not at Luma: ${fact.fields.map(toDifferenceWords).join('; ')}.`);
    case 'event-at-luma-again':
      return byLuma('observed', `Both sides hold the same again: ${fact.fields.join(', ')}.`);
    case 'event-cover-refused':
      return byUs('decided', `The event’s cover was not used: ${fact.message}.`);
    case 'event-first-seen':
      return byLuma('observed', `First seen at Luma, ${seen(fact)}.`);
    case 'event-changed-there':
      return byLuma('observed', `Changed at Luma: ${fact.fields.join(', ')}; taken over, ${seen(fact)}.`);
    case 'event-gone':
      return fact.isCancelled
        ? byLuma('observed', `Cancelled at Luma, ${seen(fact)}; marked cancelled here as well.`)
        : byLuma(
            'observed',
            `Luma no longer has this event, ${seen(fact)} and confirmed by a read. Nothing was deleted here.`,
          );
    case 'event-id-reused':
      return byLuma(
        'observed',
        `Luma’s ${fact.lumaEventId} is another event now, ${seen(fact)}. Nothing was merged, sent or cancelled.`,
      );
    case 'event-adopted': {
      const taken =
        fact.fields.length === 0 ? '' : ` Taken from Luma, since it was empty here: ${fact.fields.join(', ')}.`;
      return byUs('decided', `Luma’s ${fact.lumaEventId} is this event: ${ADOPTED[fact.by]}.${taken}`);
    }
    case 'event-in-doubt': {
      const [first, ...others] = fact.lumaEventIds;
      const which =
        others.length === 0
          ? `Luma’s ${first}`
          : `one of ${fact.lumaEventIds.length} that Luma has (${fact.lumaEventIds.join(', ')})`;
      return byUs(
        'decided',
        `This event may be ${which}. Nothing was created: a person has to say at /v1/backfill-questions.`,
      );
    }
    case 'event-compared':
      return byUs(
        'decided',
        fact.answer === 'link'
          ? `A person said that Luma’s ${fact.lumaEventId} is this event: the two are tied now.`
          : `A person said that Luma’s ${fact.lumaEventId} is another event: the two stay apart.`,
      );
    case 'conflict': {
      const stays = fact.kept === 'ours' ? 'ours stays' : 'Luma’s stays';
      if (fact.rule === 'adoption') {
        const why = fact.kept === 'ours' ? 'the app speaks for its event now' : 'adopting an event does not publish it';
        return byUs(
          'decided',
          `Both sides had their own ${fact.field} when they met: ${stays}, since ${why}. Both values are kept in the conflict.`,
        );
      }
      const why = fact.rule === 'declined' ? 'nobody is approved against a refusal' : OWNER[fact.kept];
      return byUs(
        'decided',
        `Both sides changed ${fact.field}: ${stays}, since ${why}. Both values are kept in the conflict.`,
      );
    }
    case 'conflict-settled': {
      const value = fact.keep === 'ours' ? 'our value' : 'Luma’s value';
      return byUs(
        'decided',
        fact.isFlipped
          ? `The conflict over ${fact.field} was decided the other way: ${value} is put in its place, and nobody is mailed.`
          : `The conflict over ${fact.field} was looked at and confirmed: ${value} stays.`,
      );
    }
  }
}

const ADOPTED: Record<AdoptionReason, string> = {
  answer: 'a person said so',
  slug: 'its address was made from our id',
  time_and_name: 'start and name are the same, and nothing else fits',
};

const OWNER = { ours: 'the record began in the app', theirs: 'the record began there' };

function tellRsvp(fact: RsvpFact): Told {
  switch (fact.fact) {
    case 'rsvp-answered': {
      const person = PERSON[fact.person];
      const first = fact.revision === 1 ? 'first answer' : `revision ${fact.revision}`;
      return byUs('decided', `The app says ${fact.status} (${first})${person}.${notCarried(fact.status)}`);
    }
    case 'rsvp-decided':
      return byUs('decided', `A host decided ${fact.status} (revision ${fact.revision}).${notCarried(fact.status)}`);
    case 'rsvp-asked': {
      const what =
        fact.how === 'add'
          ? `to add the guest as ${fact.approvalStatus}`
          : `to change the guest to ${fact.approvalStatus}`;
      const repeat = fact.isRepeat ? ' once more, as a repeat that mails nobody' : '';
      return byUs('asked', `Asked Luma ${what}${repeat} (revision ${fact.revision}); confirmed by a later look.`);
    }
    case 'rsvp-seen': {
      const { kind, message, isOurs } = SEEN[fact.reason](fact);
      const words = `${message}, ${seen(fact)}${ticketWords(fact)}${afterwards(fact)}.`;
      return isOurs === true ? byUs(kind, words) : byLuma(kind, words);
    }
    case 'rsvp-declined-there':
      return byUs('skipped', 'Not sent: declined at Luma, not by us. A host can decide otherwise, here or at Luma.');
    case 'rsvp-name-refused':
      return byUs('skipped', `Sent without the name, which Luma refuses: ${fact.message}`);
    case 'rsvp-unverified':
      return byUs(
        'skipped',
        'Not sent: Luma has a guest under this address, and the app has not verified that it is this person.',
      );
    case 'rsvp-removed':
      return byLuma(
        'observed',
        `Removed at Luma: missing from two complete guest lists and from a read of this guest. Was ${fact.was} here; nothing was deleted, and it can be undone.`,
      );
    case 'rsvp-restored':
      return byUs(
        'decided',
        `Removal undone: ${fact.status} again. Nothing is sent to Luma; not removed again until a list has shown the guest.`,
      );
    case 'rsvp-given-up':
      return byUs('failed', `Push given up: ${fact.message}`);
  }
}

const PERSON: Record<Extract<RsvpFact, { fact: 'rsvp-answered' }>['person'], string> = {
  known: '',
  changed: '; name, mail or phone changed',
  new: '; a new person',
  'taken-over': '; the person was known from Luma and signed up at the app, history kept',
  absorbed: '; a person known from Luma has the same mail: both are one now, history kept',
};

type Seen = Extract<RsvpFact, { fact: 'rsvp-seen' }>;

const SEEN: Record<Seen['reason'], (fact: Seen) => { kind: TimelineKind; message: string; isOurs?: true }> = {
  'first-seen': (fact) => ({ kind: 'observed', message: `Registered at Luma: ${statusWords(fact)}` }),
  confirmed: (fact) => ({ kind: 'answered', message: `Luma has this guest as ${statusWords(fact)}` }),
  'changed-there': (fact) => ({ kind: 'observed', message: `Changed at Luma to ${statusWords(fact)}` }),
  'declined-there': () => ({ kind: 'observed', message: 'Declined at Luma, not by us' }),
  conflict: (fact) => ({
    kind: 'decided',
    message: `Both sides changed the answer, Luma to ${fact.approvalStatus}: ${fact.status} stays`,
    isOurs: true,
  }),
  details: () => ({ kind: 'observed', message: 'Details changed at Luma' }),
  overtaken: (fact) => ({
    kind: 'answered',
    message: `What was sent came through; ours is ${fact.status} by now and follows`,
  }),
  'differs-from-ours': (fact) => ({
    kind: 'decided',
    message: `Luma has another answer (${fact.approvalStatus}); ours, ${fact.status}, is sent`,
    isOurs: true,
  }),
};

/** Ours, with Luma's word where it says something else. */
function statusWords({ status, approvalStatus }: Seen): string {
  return approvalStatus === 'session' ? `${status} (Luma’s undocumented "session")` : status;
}

function ticketWords({ tickets, checkedInAt }: Seen): string {
  const several = tickets !== null && tickets > 1 ? `; ${tickets} tickets` : '';
  if (checkedInAt === null) return several;
  return `${several}; ${several === '' ? '' : 'earliest '}check-in ${clock(checkedInAt)}`;
}

function afterwards({ reason, approvalStatus }: Seen): string {
  if (reason === 'declined-there') return '; not approved again';
  if (approvalStatus === 'session') return '; earns no coupon and no mail';
  return '';
}

function tellCoupon(fact: CouponFact): Told {
  switch (fact.fact) {
    case 'coupon-assigned':
      return byUs('decided', `A code of "${fact.pool}" was given, for a confirmed place; ${COUPON_MAIL[fact.mail]}.`);
    case 'coupon-missing':
      return byUs('waiting', `The guest earned a code of "${fact.pool}", and none is left; ${RESUMED}.`);
    case 'coupon-pool-empty':
      return byUs('waiting', `The coupon pool "${fact.pool}" has no codes left for guests of this event; ${RESUMED}.`);
    case 'coupon-mailed':
      return byUs('mailed', `The coupon code was mailed, since the guest has a confirmed place (${fact.providerId}).`);
    case 'coupon-withdrawn':
      return byUs('decided', `The coupon code was taken back before it was mailed: ${WITHDRAWN[fact.reason]}.`);
    case 'coupon-settled':
      return byUs(
        'decided',
        fact.isSent
          ? 'The coupon mail, of which nobody knew, was found to have arrived.'
          : 'The coupon mail, of which nobody knew, did not arrive and is sent again.',
      );
  }
}

const RESUMED = 'new codes of the pool are given out by themselves';

const COUPON_MAIL = {
  'asked-for': 'a mail is on its way',
  'not-wanted': 'no mail, since none was asked for',
  'no-address': 'no mail, since the person has no address',
};

const WITHDRAWN = {
  'no-place': 'the person holds no place any more',
  'event-cancelled': 'the event was cancelled',
};

function tellCalendar(fact: CalendarFact): Told {
  switch (fact.fact) {
    case 'calendar-status':
      return tellStatus(fact);
    case 'calendar-created':
      return byUs('decided', `The calendar was added, of kind ${fact.kind}.`);
    case 'calendar-changed':
      return byUs('decided', `Settings changed: ${fact.fields.join(', ')}.`);
    case 'coupon-pool-created':
      return byUs('decided', `The coupon pool "${fact.pool}" was made for this calendar.`);
    case 'coupon-codes-added':
      return byUs('decided', `${fact.codes} ${fact.codes === 1 ? 'code was' : 'codes were'} added to "${fact.pool}".`);
  }
}

function tellStatus({ status, reason }: Extract<CalendarFact, { fact: 'calendar-status' }>): Told {
  if (status === 'ok') return byLuma('observed', 'Luma accepts the key again; what waited goes on.');
  const why = reason === null ? '' : ` (${reason})`;
  const what = CALENDAR_STATUS[status] ?? `The calendar is ${status}`;
  return byLuma('observed', `${what}${why}; its work waits, and goes on by itself when the key works again.`);
}

const CALENDAR_STATUS: Record<string, string> = {
  auth_failed: 'Luma refuses the calendar’s key',
  plan_inactive: 'Luma says that the calendar has no active plan',
};

const seen = ({ via, seenAt }: Sighting): string => `seen ${clock(seenAt)} by ${via}`;

/** Entries carry their own moment; inside a sentence the time of day is enough. */
const clock = (instant: string): string => `${new Date(instant).toISOString().slice(11, 16)} UTC`;

const sentence = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);

/** Luma is told nothing of an answer that it has no word for. */
function notCarried(status: RsvpStatus): string {
  return toApprovalStatus(status) === null ? ' Luma has no word for it but an invitation: nothing is sent.' : '';
}
