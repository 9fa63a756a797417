import { CALENDAR_MESSAGES } from './calendar-messages.js';
import { COUPON_MESSAGES } from './coupon-messages.js';
import { EVENT_MESSAGES } from './event-messages.js';
import type { TimelineFact } from './facts.js';
import { FLOW_MESSAGES } from './flow-messages.js';
import type { Rendered, Renderers } from './rendered.js';
import { RSVP_MESSAGES } from './rsvp-messages.js';
import { renderRun } from './run-messages.js';

const RENDERERS: Renderers<TimelineFact> = {
  ...EVENT_MESSAGES,
  ...RSVP_MESSAGES,
  ...COUPON_MESSAGES,
  ...CALENDAR_MESSAGES,
  ...FLOW_MESSAGES,
  run: renderRun,
};

/** What an operator reads of a fact. Messages are made here and nowhere else; a table of every fact tests them. */
export function renderFact(fact: TimelineFact): Rendered {
  const render = RENDERERS[fact.fact] as (fact: TimelineFact) => Rendered;
  return render(fact);
}

export const isKnownFact = (name: string): name is TimelineFact['fact'] => Object.hasOwn(RENDERERS, name);
