import { describe, expect, it } from '@jest/globals';
import { OutcomeUnknownError, PermanentError, RetryAfterError, RetryableError } from '@luma-sync/jobs';
import type { CouponMail, CouponMessage } from '@luma-sync/store';
import { isProvenRefusal, planCouponEmail } from './plan.js';

const now = new Date('2026-11-20T10:00:00.000Z');
const hoursAgo = (hours: number, ms = 0) => new Date(now.getTime() - hours * 3_600_000 - ms);

const message = (change: Partial<CouponMessage> = {}): CouponMessage => ({
  state: 'reserved',
  recipient: 'then@example.org',
  askedAt: null,
  ...change,
});

const mail = (change: Partial<CouponMail> = {}): CouponMail => ({
  assignmentId: 'a',
  eventId: 'e',
  eventTitle: 'Meetup',
  eventUrl: null,
  poolName: 'Tea',
  code: 'C-1',
  email: 'now@example.org',
  holdsPlace: true,
  isEventCancelled: false,
  message: message(),
  ...change,
});

const content = { eventTitle: 'Meetup', eventUrl: null, poolName: 'Tea', code: 'C-1' };

describe('planCouponEmail', () => {
  it.each([
    ['the assignment is gone', null, { kind: 'skip', reason: 'assignment-gone' }],
    [
      'the mail is sent',
      mail({ message: message({ state: 'sent', askedAt: hoursAgo(50) }) }),
      { kind: 'skip', reason: 'already-sent' },
    ],
    ['the person has no address', mail({ email: null }), { kind: 'skip', reason: 'no-mail-address' }],
    ['it was never asked for', mail(), { kind: 'ask', recipient: 'now@example.org', content }],
    ['there is no row in the ledger', mail({ message: null }), { kind: 'ask', recipient: 'now@example.org', content }],
    [
      'it failed for sure and is replayed',
      mail({ message: message({ state: 'failed' }) }),
      { kind: 'ask', recipient: 'now@example.org', content },
    ],
    [
      'an asking is open',
      mail({ message: message({ askedAt: hoursAgo(1) }) }),
      { kind: 'ask', recipient: 'then@example.org', content },
    ],
    [
      'an asking is open and the address was taken away',
      mail({ email: null, message: message({ askedAt: hoursAgo(1) }) }),
      { kind: 'ask', recipient: 'then@example.org', content },
    ],
    [
      'an asking is open for not quite 23 h',
      mail({ message: message({ askedAt: hoursAgo(23, -1) }) }),
      { kind: 'ask', recipient: 'then@example.org', content },
    ],
    [
      'an asking is open for 23 h',
      mail({ message: message({ askedAt: hoursAgo(23) }) }),
      { kind: 'expired', askedAt: hoursAgo(23) },
    ],
    [
      'it was given up with an open asking, within the day',
      mail({ message: message({ state: 'unknown', askedAt: hoursAgo(2) }) }),
      { kind: 'ask', recipient: 'then@example.org', content },
    ],
    [
      'it was given up with an open asking, days ago',
      mail({ message: message({ state: 'unknown', askedAt: hoursAgo(48) }) }),
      { kind: 'expired', askedAt: hoursAgo(48) },
    ],
    ['the person lost their place meanwhile', mail({ holdsPlace: false }), { kind: 'withdraw', reason: 'no-place' }],
    [
      'the event was cancelled meanwhile',
      mail({ isEventCancelled: true }),
      { kind: 'withdraw', reason: 'event-cancelled' },
    ],
    [
      'it failed for sure and the event was cancelled before the replay',
      mail({ isEventCancelled: true, message: message({ state: 'failed' }) }),
      { kind: 'withdraw', reason: 'event-cancelled' },
    ],
    [
      'it is sent and the place was lost afterwards',
      mail({ holdsPlace: false, message: message({ state: 'sent', askedAt: hoursAgo(1) }) }),
      { kind: 'skip', reason: 'already-sent' },
    ],
    [
      'an asking is open and the place was lost meanwhile: a repeat could be the first mail',
      mail({ holdsPlace: false, message: message({ askedAt: hoursAgo(1) }) }),
      { kind: 'unsettled', reason: 'no-place', askedAt: hoursAgo(1) },
    ],
    [
      'another clock is ahead of ours',
      mail({ message: message({ askedAt: hoursAgo(-1) }) }),
      { kind: 'ask', recipient: 'then@example.org', content },
    ],
  ])('when %s', (_, given, expected) => {
    expect(planCouponEmail(given, now, 23 * 3_600_000)).toEqual(expected);
  });

  it.each([1, 0, -1])('an asking %s h ago is never repeated by a provider without idempotency keys', (hours) => {
    const askedAt = hoursAgo(hours);
    expect(planCouponEmail(mail({ message: message({ askedAt }) }), now, 0)).toEqual({ kind: 'expired', askedAt });
  });
});

describe('isProvenRefusal', () => {
  const rejected = new PermanentError('mail.rejected', '');
  const limited = new RetryAfterError('mail.rate_limited', '', { waitMs: 1 });
  const keyReused = new PermanentError('mail.key_reused', '');
  const unavailable = new RetryableError('mail.unavailable', '');
  const unknown = new OutcomeUnknownError('mail.outcome_unknown', '');

  it.each([
    ['a rejection', rejected, true, true],
    ['a limit', limited, true, true],
    ['a rejection while an earlier asking is open', rejected, false, false],
    ['a limit while an earlier asking is open', limited, false, false],
    ['a key known with another content', keyReused, true, false],
    ['an outcome that stays open', new PermanentError('mail.outcome_open', ''), true, false],
    ['a server’s failure', unavailable, true, false],
    ['a lost answer', unknown, true, false],
  ])('%s', (_, error, isFirst, expected) => {
    expect(isProvenRefusal(error, isFirst)).toBe(expected);
  });
});
