import { type RsvpStatus, toApprovalStatus } from '@luma-sync/domain';
import type { RsvpFact } from './facts.js';
import { clock, seen } from './moments.js';
import { byLuma, byUs, type Renderers, type TimelineKind } from './rendered.js';

export const RSVP_MESSAGES: Renderers<RsvpFact> = {
  'rsvp-answered': (fact) => {
    const person = PERSON[fact.person];
    const first = fact.revision === 1 ? 'first answer' : `revision ${fact.revision}`;
    return byUs('decided', `The app says ${fact.status} (${first})${person}.${notCarried(fact.status)}`);
  },
  'rsvp-decided': (fact) =>
    byUs('decided', `A host decided ${fact.status} (revision ${fact.revision}).${notCarried(fact.status)}`),
  'rsvp-asked': (fact) => {
    const what =
      fact.how === 'add'
        ? `to add the guest as ${fact.approvalStatus}`
        : `to change the guest to ${fact.approvalStatus}`;
    const repeat = fact.isRepeat ? ' once more, as a repeat that mails nobody' : '';
    return byUs('asked', `Asked Luma ${what}${repeat} (revision ${fact.revision}); confirmed by a later look.`);
  },
  'rsvp-seen': (fact) => {
    const { kind, message, isOurs } = SEEN[fact.reason](fact);
    const words = `${message}, ${seen(fact)}${ticketWords(fact)}${afterwards(fact)}.`;
    return isOurs === true ? byUs(kind, words) : byLuma(kind, words);
  },
  'rsvp-declined-there': () =>
    byUs('skipped', 'Not sent: declined at Luma, not by us. A host can decide otherwise, here or at Luma.'),
  'rsvp-name-refused': (fact) => byUs('skipped', `Sent without the name, which Luma refuses: ${fact.message}`),
  'rsvp-unverified': () =>
    byUs(
      'skipped',
      'Not sent: Luma has a guest under this address, and the app has not verified that it is this person.',
    ),
  'rsvp-removed': (fact) =>
    byLuma(
      'observed',
      `Removed at Luma: missing from two complete guest lists and from a read of this guest. Was ${fact.was} ` +
        'here; nothing was deleted, and it can be undone.',
    ),
  'rsvp-restored': (fact) =>
    byUs(
      'decided',
      `Removal undone: ${fact.status} again. Nothing is sent to Luma; not removed again until a list has shown ` +
        'the guest.',
    ),
  'rsvp-given-up': (fact) => byUs('failed', `Push given up: ${fact.message}`),
};

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

/** Luma is told nothing of an answer that it has no word for. */
function notCarried(status: RsvpStatus): string {
  return toApprovalStatus(status) === null ? ' Luma has no word for it but an invitation: nothing is sent.' : '';
}
