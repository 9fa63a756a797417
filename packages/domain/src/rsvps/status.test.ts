import { describe, expect, it } from '@jest/globals';
import { earnsCoupon, isUndecided, RSVP_STATUSES, toApprovalStatus, toRsvpStatus } from './status.js';

describe('words for an answer', () => {
  it.each([
    // Luma's word, ours, earns a coupon, still undecided
    ['approved', 'going', true, false],
    ['session', 'going', false, false],
    ['pending_approval', 'pending', false, true],
    ['invited', 'interested', false, false],
    ['declined', 'rejected', false, false],
    ['waitlist', 'waitlist', false, true],
    ['unknown:vip', null, false, false],
    ['', null, false, false],
  ])('Luma’s %s reads as %s', (theirs, ours, coupon, undecided) => {
    expect([toRsvpStatus(theirs), earnsCoupon(theirs), isUndecided(theirs)]).toEqual([ours, coupon, undecided]);
  });

  it.each([
    ['going', 'approved'],
    ['pending', 'pending_approval'],
    ['waitlist', 'waitlist'],
    ['rejected', 'declined'],
    ['cancelled', 'declined'],
    ['interested', null],
  ] as const)('our %s is written as %s', (ours, theirs) => {
    expect(toApprovalStatus(ours)).toBe(theirs);
  });

  it('comes back as it was sent, but for a cancellation, which Luma cannot tell from a refusal', () => {
    for (const status of RSVP_STATUSES) {
      const written = toApprovalStatus(status);
      if (written !== null) expect(toRsvpStatus(written)).toBe(status === 'cancelled' ? 'rejected' : status);
    }
  });
});
