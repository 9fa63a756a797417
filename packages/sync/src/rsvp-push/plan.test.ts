import { describe, expect, it } from '@jest/globals';
import type { DueRsvp } from '@luma-sync/store';
import { aDueRsvp } from '../../test/builders.js';
import {
  chooseReading,
  confirmPauseMs,
  isOpen,
  isUnfinished,
  lookedFor,
  planRsvpPush,
  type RsvpPushPlan,
  TRIES_BEFORE_REPEAT,
  TRIES_MAX,
  TRIES_WITHOUT_ANSWER,
} from './plan.js';

const ASKED = new Date(0);
const atLuma = (luma: string, change: Partial<DueRsvp> = {}): DueRsvp =>
  aDueRsvp({ lumaGuestId: 'gst-1', base: { ours: 'going', luma, digest: 'd' }, ...change });
const awaiting = (confirmTries: number): Partial<DueRsvp> => ({
  state: 'unconfirmed',
  askedAt: ASKED,
  askedRevision: 1,
  acceptedAt: ASKED,
  confirmTries,
});

const CASES: [string, DueRsvp, RsvpPushPlan | { kind: 'fail'; code: string }][] = [
  // Nobody there.
  ['a new answer', aDueRsvp(), { kind: 'add', approvalStatus: 'approved', isRepeat: false }],
  [
    'one that waits for a host',
    aDueRsvp({ status: 'pending' }),
    { kind: 'add', approvalStatus: 'pending_approval', isRepeat: false },
  ],
  [
    'one on the waitlist',
    aDueRsvp({ status: 'waitlist' }),
    { kind: 'add', approvalStatus: 'waitlist', isRepeat: false },
  ],
  ['an answer without a mail address', aDueRsvp({ email: null }), { kind: 'fail', code: 'rsvp.email_required' }],
  ['interest', aDueRsvp({ status: 'interested' }), { kind: 'settled' }],
  ['a no to somebody Luma never had', aDueRsvp({ status: 'cancelled' }), { kind: 'settled' }],
  ['a no without a mail address', aDueRsvp({ status: 'rejected', email: null }), { kind: 'settled' }],
  ['a no while our add may still come through', aDueRsvp({ status: 'cancelled', askedAt: ASKED }), { kind: 'await' }],
  [
    'a no after our add came to nothing',
    aDueRsvp({ status: 'cancelled', ...awaiting(TRIES_MAX) }),
    { kind: 'settled' },
  ],
  ['one edited after it was sent', aDueRsvp({ askedAt: ASKED }), { kind: 'await' }],
  [
    'one edited after it was sent, looked for often',
    aDueRsvp({ askedAt: ASKED, acceptedAt: ASKED, confirmTries: TRIES_BEFORE_REPEAT }),
    { kind: 'add', approvalStatus: 'approved', isRepeat: true },
  ],
  [
    'one edited after it was sent twice',
    aDueRsvp({ askedAt: ASKED, acceptedAt: ASKED, confirmTries: TRIES_BEFORE_REPEAT + 1 }),
    { kind: 'await' },
  ],
  ['one just sent', aDueRsvp(awaiting(0)), { kind: 'await' }],
  [
    'one looked for often',
    aDueRsvp(awaiting(TRIES_BEFORE_REPEAT)),
    { kind: 'add', approvalStatus: 'approved', isRepeat: true },
  ],
  [
    'one whose request may not have arrived, after a few looks',
    aDueRsvp({ ...awaiting(TRIES_WITHOUT_ANSWER), acceptedAt: null }),
    { kind: 'add', approvalStatus: 'approved', isRepeat: true },
  ],
  ['one that Luma accepted, after as many looks', aDueRsvp(awaiting(TRIES_WITHOUT_ANSWER)), { kind: 'await' }],
  ['one sent twice', aDueRsvp(awaiting(TRIES_BEFORE_REPEAT + 1)), { kind: 'await' }],
  ['one that never shows', aDueRsvp(awaiting(TRIES_MAX)), { kind: 'fail', code: 'rsvp.unconfirmed' }],
  [
    'one replayed after it never showed',
    aDueRsvp({ askedAt: ASKED, confirmTries: TRIES_MAX }),
    { kind: 'add', approvalStatus: 'approved', isRepeat: true },
  ],

  // Luma has them.
  ['one Luma has so already', atLuma('approved'), { kind: 'settled' }],
  ['one who is in session', atLuma('session'), { kind: 'settled' }],
  [
    'one who is in session and says no',
    atLuma('session', { status: 'cancelled' }),
    { kind: 'update', lumaGuestId: 'gst-1', status: 'declined', isRepeat: false },
  ],
  [
    'one who says no',
    atLuma('approved', { status: 'cancelled' }),
    { kind: 'update', lumaGuestId: 'gst-1', status: 'declined', isRepeat: false },
  ],
  [
    'one who may come now',
    atLuma('pending_approval'),
    { kind: 'update', lumaGuestId: 'gst-1', status: 'approved', isRepeat: false },
  ],
  [
    'one who needs no mail to be found',
    atLuma('pending_approval', { email: null }),
    { kind: 'update', lumaGuestId: 'gst-1', status: 'approved', isRepeat: false },
  ],
  ['one declined there', atLuma('declined', { decidedBy: 'luma_side' }), { kind: 'declined-there' }],
  ['one declined by nobody knows whom', atLuma('declined', { decidedBy: 'unknown' }), { kind: 'declined-there' }],
  [
    'one declined by ourselves who comes back',
    atLuma('declined', { decidedBy: 'us' }),
    { kind: 'update', lumaGuestId: 'gst-1', status: 'approved', isRepeat: false },
  ],
  [
    'a no that was said there as well',
    atLuma('declined', { status: 'cancelled', decidedBy: 'luma_side' }),
    { kind: 'settled' },
  ],
  ['a change just sent', atLuma('pending_approval', awaiting(1)), { kind: 'await' }],
  [
    'a change looked for often',
    atLuma('pending_approval', awaiting(TRIES_BEFORE_REPEAT)),
    { kind: 'update', lumaGuestId: 'gst-1', status: 'approved', isRepeat: true },
  ],
  [
    'one that was given up, and a host moved the guest since',
    atLuma('pending_approval', { askedRevision: 1 }),
    { kind: 'update', lumaGuestId: 'gst-1', status: 'approved', isRepeat: true },
  ],
  [
    'a new one of somebody whose last was sent again and again',
    atLuma('pending_approval', { revision: 2, askedRevision: 1, confirmTries: 3 }),
    { kind: 'update', lumaGuestId: 'gst-1', status: 'approved', isRepeat: false },
  ],
  [
    'one that was sent before a host took the guest off',
    aDueRsvp({ askedRevision: 1 }),
    { kind: 'add', approvalStatus: 'approved', isRepeat: true },
  ],
  [
    'a new one of somebody whom a host took off',
    aDueRsvp({ revision: 2, askedRevision: 1 }),
    { kind: 'add', approvalStatus: 'approved', isRepeat: false },
  ],
  [
    'a change that never shows',
    atLuma('pending_approval', awaiting(TRIES_MAX)),
    { kind: 'fail', code: 'rsvp.unconfirmed' },
  ],
];

describe('what an answer needs', () => {
  it.each(CASES)('%s', (_, rsvp, plan) => {
    expect(planRsvpPush(rsvp)).toMatchObject(plan);
  });

  it.each([
    ['is looked for, in case Luma passed them over because it has them', { confirmTries: 2 }, { kind: 'await' }],
    ['is given up after some looks, and not sent again', { confirmTries: 3 }, { kind: 'fail', code: 'rsvp.skipped' }],
    [
      'is settled once Luma shows them',
      { lumaGuestId: 'gst-1', base: { ours: 'going', luma: 'approved', digest: 'd' } },
      { kind: 'settled' },
    ],
  ] as const)('of somebody whom Luma named as passed over %s', (_what, change, plan) => {
    const skipped = { state: 'unconfirmed', isSkipped: true, askedAt: new Date(), acceptedAt: new Date() } as const;
    expect(planRsvpPush(aDueRsvp({ ...skipped, ...change }))).toMatchObject(plan);
  });

  it('comes to an end for every answer, however often Luma shows nothing', () => {
    for (const status of ['going', 'pending', 'waitlist', 'cancelled', 'rejected'] as const) {
      let rsvp = aDueRsvp({ status, askedAt: ASKED, state: 'unconfirmed' });
      let sent = 0;
      for (let look = 0; look <= TRIES_MAX; look += 1) {
        const plan = planRsvpPush(rsvp);
        if (plan.kind === 'add') sent += 1;
        if (plan.kind === 'fail' || plan.kind === 'settled') break;
        rsvp = { ...rsvp, confirmTries: rsvp.confirmTries + 1 };
      }
      expect(['fail', 'settled']).toContain(planRsvpPush(rsvp).kind);
      expect(sent).toBeLessThanOrEqual(1);
    }
  });

  it('is looked at again while Luma is at work on it, and only then', () => {
    expect(isOpen(aDueRsvp(awaiting(0)))).toBe(true);
    expect(isOpen(aDueRsvp({ status: 'cancelled', askedAt: ASKED }))).toBe(true);
    expect(isOpen(aDueRsvp())).toBe(false);
  });
});

describe('a run that ends', () => {
  it.each([
    [
      'a no whose add will not show any more, which it only has to note',
      { status: 'cancelled', confirmTries: TRIES_MAX },
    ],
    ['a guest who is gone', { revision: 2, askedRevision: 1, askedAt: null }],
    ['somebody whose mail address was taken away', { askedAt: null, email: null }],
  ] as const)('is not the last one of %s', (_, change) => {
    expect(isUnfinished(aDueRsvp({ askedAt: ASKED, ...change }))).toBe(true);
  });

  it('leaves what it waits for to the next look', () => {
    expect(isUnfinished(aDueRsvp({ status: 'cancelled', askedAt: ASKED }))).toBe(false);
    expect(isUnfinished(aDueRsvp(awaiting(1)))).toBe(false);
  });
});

describe('what a look tells about', () => {
  it.each<[string, Partial<DueRsvp>, boolean]>([
    ['an answer that was there', {}, true],
    ['a newer answer of the same person', { revision: 2, status: 'waitlist' }, true],
    ['somebody who came since', { rsvpId: '00000000-0000-4000-8000-0000000000ff' }, false],
    ['somebody who has another address since', { email: 'new@example.org' }, false],
    [
      'the same, whom Luma shows: they are looked for by their id',
      { email: 'new@example.org', lumaGuestId: 'gst-1' },
      true,
    ],
  ])('%s', (_, change, isKnown) => {
    const now = aDueRsvp(change);
    expect(lookedFor([aDueRsvp()], [now])).toEqual(isKnown ? [now] : []);
  });
});

describe('an answer of somebody whose mail changed while Luma was at work', () => {
  const moved = (confirmTries: number) =>
    aDueRsvp({
      email: 'new@example.org',
      askedEmail: 'a@example.org',
      askedAt: ASKED,
      acceptedAt: ASKED,
      confirmTries,
    });

  it('waits for the entry under the old address, or there would be two', () => {
    expect(planRsvpPush(moved(0)).kind).toBe('await');
    expect(planRsvpPush(moved(TRIES_BEFORE_REPEAT - 1)).kind).toBe('await');
    // Also when nobody knows whether the first one arrived.
    expect(planRsvpPush({ ...moved(TRIES_WITHOUT_ANSWER), acceptedAt: null }).kind).toBe('await');
  });

  it('waits for as long as the first may come in, however often it was looked for', () => {
    const late = { ...moved(TRIES_MAX), acceptedAt: null };
    expect(planRsvpPush({ ...late, mayArrive: true }).kind).toBe('await');
    expect(planRsvpPush({ ...moved(TRIES_BEFORE_REPEAT), acceptedAt: null, mayArrive: false }).kind).toBe('add');
  });

  it('waits for nothing that cannot come in any more', () => {
    expect(planRsvpPush({ ...moved(0), askedAt: null, acceptedAt: null })).toMatchObject({ kind: 'add' });
  });

  it('is sent under the new one, as a repeat, when the old one never shows', () => {
    expect(planRsvpPush(moved(TRIES_BEFORE_REPEAT))).toMatchObject({ kind: 'add', isRepeat: true });
  });
});

describe('pause before the next look', () => {
  it.each([
    [[0], 500],
    [[1], 1_000],
    [[3, 1, 9], 1_000],
    [[4], 8_000],
    [[5], 15_000],
    [[12], 15_000],
  ])('after %j looks is %i ms', (tries, ms) => {
    expect(confirmPauseMs(tries)).toBe(ms);
  });
});

describe('reading guests', () => {
  it.each([
    // due, linked, page size
    [1, 0, 50, 'each'],
    [2, 0, 50, 'list'],
    [1, 49, 50, 'each'],
    [2, 49, 50, 'list'],
    [2, 50, 50, 'each'],
    [4, 149, 50, 'list'],
    [200, 10_000, 50, 'each'],
    [200, 9_949, 50, 'list'],
  ] as const)('%i of %i known, in pages of %i: %s', (due, linked, pageSize, how) => {
    expect(chooseReading(due, linked, pageSize)).toBe(how);
  });
});
