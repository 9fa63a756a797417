import type { FlowFact, WebhookTrouble } from './flow-facts.js';
import { byLuma, byUs, type Renderers } from './rendered.js';

/** What flows decide about many records at once. */
export const FLOW_MESSAGES: Renderers<FlowFact> = {
  'record-unreadable': (fact) =>
    byLuma(
      'observed',
      `${of(fact)} ${fact.isTaken ? 'was taken in without what' : 'was not taken in: it'} cannot be read or ` +
        `stored (${problemsOf(fact.problems)}). Others are not affected; see the unreadable records.`,
    ),
  'record-readable': (fact) => byLuma('observed', `${of(fact)} can be read in full again.`),
  'removal-asked': (fact) =>
    byUs(
      'skipped',
      `${missing(fact)} from Luma’s complete list. ${NONE[fact.recordType]}: a person has to say what that means.`,
    ),
  'removal-answered': (fact) =>
    byUs(
      'decided',
      fact.answer === 'keep'
        ? `A person was asked what it means that ${missing(fact)} at Luma: they stay as they are.`
        : `A person was asked what it means that ${missing(fact)} at Luma: those that a read finds gone are ` +
            'removed here.',
    ),
  'guest-second-entry': (fact) =>
    byLuma(
      'observed',
      `Luma has a second entry of this person, ${fact.status} (${fact.lumaGuestId}, seen by ${fact.via}); this ` +
        'answer stands for the first. A host can put it right at Luma.',
    ),
  'guest-entry-moved': (fact) =>
    byUs(
      'decided',
      `Luma no longer has the entry ${fact.from}; this answer stands for the person’s other one, ${fact.to}.`,
    ),
  'guest-id-reused': (fact) =>
    byUs(
      'skipped',
      `Luma shows the guest ${fact.lumaGuestId} (seen by ${fact.via}), who is linked to event ` +
        `${fact.otherEventId} here. The guest was left out.`,
    ),
  'cancel-ordered': (fact) =>
    byUs(
      'decided',
      `To be cancelled at Luma for good: Luma will mail ${people(fact.guests)} at most and delete the event there.`,
    ),
  'cancel-asked': (fact) => {
    const { recipients, confirmedBy } = fact.mail;
    const refund = fact.refund === true ? 'Paid tickets are refunded.' : 'Nothing is refunded.';
    return byUs(
      'asked',
      `Asked Luma to cancel the event for good. Luma mails ${people(recipients)}: ${String(confirmedBy)} ` +
        `confirmed their number. ${refund}`,
    );
  },
  'mail-decided': (fact) => byUs('decided', fact.reason),
  'held-mails-answered': (fact) =>
    byUs(
      'decided',
      fact.answer === 'confirmed'
        ? `The mails that were held back are confirmed: Luma may mail ${people(fact.recipients)}.`
        : `The mails that were held back are discarded, those of ${people(fact.recipients)}.`,
    ),
  'webhook-repaired': (fact) => {
    const which = fact.webhookId === null ? '' : ` (${fact.webhookId})`;
    const since = fact.since === null ? '' : ` since ${fact.since}`;
    return byUs(
      'decided',
      `Luma’s webhook${which} ${REPAIRED[fact.what](since)}. What it may have missed is listed again.`,
    );
  },
  'webhook-silent': () =>
    byUs(
      'observed',
      'Luma’s webhook stands and was made anew not long ago, yet nothing arrives. Can Luma reach PUBLIC_URL ' +
        'from outside?',
    ),
};

const NONE = { rsvp: 'Nobody was removed', event: 'None was taken for deleted' };

const missing = ({
  missing: lacking,
  total,
  recordType,
}: {
  missing: number;
  total: number;
  recordType: 'rsvp' | 'event';
}) => `${lacking} of ${total} ${recordType === 'rsvp' ? 'guests' : 'events'} are missing`;

const people = (count: number): string => (count === 1 ? '1 guest' : `${count} guests`);

const REPAIRED: Record<WebhookTrouble, (since: string) => string> = {
  asleep: () => 'was paused or lacked types of news, and was woken',
  missing: () => 'was missing, and was made anew',
  silent: (since) => `told us nothing though lists showed news${since}, and was made anew`,
  'other-secret': () =>
    'had another secret than we knew, so that its deliveries were refused; the secret was taken over',
};

const of = ({ kind, lumaId }: { kind: 'event' | 'guest'; lumaId: string | null }): string =>
  `${kind === 'event' ? 'An event' : 'A guest'} at Luma (${lumaId ?? 'without an id'})`;

/** More would be no help in a story; the record itself lists them all. */
const PROBLEMS_TOLD = 5;

function problemsOf(problems: readonly { path: string; reason: string }[]): string {
  const told = problems
    .slice(0, PROBLEMS_TOLD)
    .map(
      ({ path, reason }) =>
        `${path || 'the record'}: ${reason === 'forbidden' ? 'Luma does not let the key read it' : reason}`,
    );
  return problems.length > told.length ? `${told.join(', ')}, and more` : told.join(', ');
}
