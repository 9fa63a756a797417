import type { CouponFact } from './facts.js';
import { byUs, type Renderers } from './rendered.js';

export const COUPON_MESSAGES: Renderers<CouponFact> = {
  'coupon-assigned': (fact) =>
    byUs('decided', `A code of "${fact.pool}" was given, for a confirmed place; ${COUPON_MAIL[fact.mail]}.`),
  'coupon-mail-asked': (fact) =>
    byUs(
      'decided',
      `The code of "${fact.pool}", given before without a mail, is mailed now: a guest pull asked for it.`,
    ),
  'coupon-missing': (fact) =>
    byUs('waiting', `The guest earned a code of "${fact.pool}", and none is left; ${RESUMED}.`),
  'coupon-pool-empty': (fact) =>
    byUs('waiting', `The coupon pool "${fact.pool}" has no codes left for guests of this event; ${RESUMED}.`),
  'coupon-mailed': (fact) =>
    byUs('mailed', `The coupon code was mailed, since the guest has a confirmed place (${fact.providerId}).`),
  'coupon-withdrawn': (fact) =>
    byUs('decided', `The coupon code was taken back before it was mailed: ${WITHDRAWN[fact.reason]}.`),
  'coupon-settled': (fact) =>
    byUs(
      'decided',
      fact.isSent
        ? 'The coupon mail, of which nobody knew, was found to have arrived.'
        : 'The coupon mail, of which nobody knew, did not arrive and is sent again.',
    ),
};

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
