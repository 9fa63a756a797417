import type { DifferenceReason } from '@luma-sync/domain';
import { renderDifference } from './difference-messages.js';
import type { AdoptionReason, EventFact } from './facts.js';
import { seen } from './moments.js';
import { byLuma, byUs, type Renderers } from './rendered.js';

export const EVENT_MESSAGES: Renderers<EventFact> = {
  'event-created': (fact) => {
    const why = fact.hostRole === null ? 'the app named no role of a host' : `the role of the host is ${fact.hostRole}`;
    return byUs('decided', `Created, ${fact.approval}: ${why}.`);
  },
  'event-edited': (fact) => {
    const decision = fact.approval === null ? '' : `; now ${fact.approval}`;
    return byUs('decided', `Edited (revision ${fact.revision}): ${fact.fields.join(', ')}${decision}.`);
  },
  'event-commanded': (fact) => byUs('decided', `${sentence(fact.command)} (revision ${fact.revision}).`),
  'event-create-asked': (fact) =>
    byUs(
      'asked',
      fact.slug === null
        ? 'Asked Luma to create the event under an address of Luma’s choice.'
        : `Asked Luma to create the event under the address "${fact.slug}".`,
    ),
  'event-create-answered': (fact) =>
    fact.isAdopted
      ? byUs(
          'answered',
          'Found the event at Luma ' +
            `${fact.foundBy === undefined ? 'under its reserved address' : 'by its start and name'} ` +
            `(${fact.lumaEventId}): ` +
            'an earlier request went through and its answer was lost. Adopted, not created again.',
        )
      : byLuma('answered', `Luma created the event (${fact.lumaEventId}).`),
  'event-pushed': (fact) => {
    const mail = fact.mailReason === null ? '' : ` ${fact.mailReason}`;
    return byLuma('answered', `Luma holds revision ${fact.revision} (${fact.fields.join(', ')}).${mail}`);
  },
  'event-push-given-up': (fact) => byUs('failed', `Push given up: ${fact.message}`),
  'event-not-at-luma': (fact) => byLuma('answered', `Not at Luma: ${fact.fields.map(toDifferenceText).join('; ')}.`),
  'event-at-luma-again': (fact) => byLuma('observed', `Both sides hold the same again: ${fact.fields.join(', ')}.`),
  'event-cover-refused': (fact) => byUs('decided', `The event’s cover was not used: ${fact.message}.`),
  'event-first-seen': (fact) => byLuma('observed', `First seen at Luma, ${seen(fact)}.`),
  'event-changed-there': (fact) =>
    byLuma('observed', `Changed at Luma: ${fact.fields.join(', ')}; taken over, ${seen(fact)}.`),
  'event-gone': (fact) =>
    fact.isCancelled
      ? byLuma('observed', `Cancelled at Luma, ${seen(fact)}; marked cancelled here as well.`)
      : byLuma(
          'observed',
          `Luma no longer has this event, ${seen(fact)} and confirmed by a read. Nothing was deleted here.`,
        ),
  'event-id-reused': (fact) =>
    byLuma(
      'observed',
      `Luma’s ${fact.lumaEventId} is another event now, ${seen(fact)}. Nothing was merged, sent or cancelled.`,
    ),
  'event-adopted': (fact) => {
    const taken =
      fact.fields.length === 0 ? '' : ` Taken from Luma, since it was empty here: ${fact.fields.join(', ')}.`;
    return byUs('decided', `Luma’s ${fact.lumaEventId} is this event: ${ADOPTED[fact.by]}.${taken}`);
  },
  'event-in-doubt': (fact) => {
    const [first, ...others] = fact.lumaEventIds;
    const which =
      others.length === 0
        ? `Luma’s ${first}`
        : `one of ${fact.lumaEventIds.length} that Luma has (${fact.lumaEventIds.join(', ')})`;
    return byUs(
      'decided',
      `This event may be ${which}. Nothing was created: a person has to say at /v1/backfill-questions.`,
    );
  },
  'event-compared': (fact) =>
    byUs(
      'decided',
      fact.answer === 'link'
        ? `A person said that Luma’s ${fact.lumaEventId} is this event: the two are tied now.`
        : `A person said that Luma’s ${fact.lumaEventId} is another event: the two stay apart.`,
    ),
  conflict: (fact) => {
    const stays = fact.kept === 'ours' ? 'ours stays' : 'Luma’s stays';
    if (fact.rule === 'adoption') {
      const why = fact.kept === 'ours' ? 'the app speaks for its event now' : 'adopting an event does not publish it';
      return byUs(
        'decided',
        `Both sides had their own ${fact.field} when they met: ${stays}, since ${why}. Both values are kept in ` +
          'the conflict.',
      );
    }
    const why = fact.rule === 'declined' ? 'nobody is approved against a refusal' : OWNER[fact.kept];
    return byUs(
      'decided',
      `Both sides changed ${fact.field}: ${stays}, since ${why}. Both values are kept in the conflict.`,
    );
  },
  'conflict-settled': (fact) => {
    const value = fact.keep === 'ours' ? 'our value' : 'Luma’s value';
    return byUs(
      'decided',
      fact.isFlipped
        ? `The conflict over ${fact.field} was decided the other way: ${value} is put in its place, and nobody ` +
            'is mailed.'
        : `The conflict over ${fact.field} was looked at and confirmed: ${value} stays.`,
    );
  },
};

const ADOPTED: Record<AdoptionReason, string> = {
  answer: 'a person said so',
  slug: 'its address was made from our id',
  time_and_name: 'start and name are the same, and nothing else fits',
};

const OWNER = { ours: 'the record began in the app', theirs: 'the record began there' };

const sentence = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);

const toDifferenceText = ({
  field,
  why,
  message,
}: {
  field: string;
  why: DifferenceReason;
  message?: string;
}): string => `${field} (${renderDifference(why, message)})`;
