import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ASK_COUNTS_MS, type GuestPlan, type HeldRsvp, planGuest } from './plan-guest.js';
import { RSVP_STATUSES, type RsvpStatus, toApprovalStatus } from './status.js';

type Link = NonNullable<HeldRsvp['link']>;

/** Both sides agreed on `ours` and `luma` at revision 1, and we had sent it. */
const agreed = (ours: RsvpStatus, luma: string, change: Partial<Link> = {}): Link => ({
  base: { ours, luma, digest: 'd' },
  pushedRevision: 1,
  askedAt: new Date(0),
  decidedBy: 'us',
  ...change,
});
const never = (change: Partial<Link> = {}): Link => ({
  base: null,
  pushedRevision: 0,
  askedAt: null,
  decidedBy: 'unknown',
  ...change,
});
const held = (status: RsvpStatus, revision: number, link: HeldRsvp['link']): HeldRsvp => ({ status, revision, link });

const look = (approvalStatus: string, digest = 'd', at = new Date(1_000)) => ({ approvalStatus, digest, at });

/** As agreed, and `asked` was sent a second ago. */
const asking = (
  ours: RsvpStatus,
  luma: string,
  asked: NonNullable<NonNullable<Link['base']>['asked']>,
  change: Partial<Link> = {},
): Link => agreed(ours, luma, { base: { ours, luma, digest: 'd', asked }, ...change });

const CASES: {
  name: string;
  held: HeldRsvp | null;
  seen: string;
  at?: Date;
  digest?: string;
  owner?: 'ours' | 'theirs';
  plan: Partial<Extract<GuestPlan, { kind: 'write' }>> | { kind: 'unchanged' | 'unknown-status' };
}[] = [
  {
    name: 'a stranger',
    held: null,
    seen: 'approved',
    plan: { status: 'going', reason: 'first-seen', decidedBy: 'luma_side', pushedRevision: 1, pushNeeded: false },
  },
  { name: 'an invited stranger', held: null, seen: 'invited', plan: { status: 'interested', reason: 'first-seen' } },
  { name: 'a stranger in session', held: null, seen: 'session', plan: { status: 'going', reason: 'first-seen' } },
  { name: 'a stranger with a status of tomorrow', held: null, seen: 'unknown:vip', plan: { kind: 'unknown-status' } },
  {
    name: 'a status of tomorrow',
    held: held('going', 2, agreed('going', 'approved')),
    seen: 'unknown:vip',
    plan: { kind: 'unknown-status' },
  },

  // Never compared before.
  {
    name: 'our add came through',
    held: held('going', 1, never({ askedAt: new Date(0) })),
    seen: 'approved',
    plan: { status: 'going', reason: 'confirmed', decidedBy: 'us', pushedRevision: 1, pushNeeded: false },
  },
  {
    name: 'both began alike',
    held: held('going', 1, null),
    seen: 'approved',
    plan: { status: 'going', reason: 'confirmed', decidedBy: 'luma_side', pushNeeded: false },
  },
  {
    name: 'both began differently: ours is sent',
    held: held('going', 1, null),
    seen: 'pending_approval',
    plan: {
      status: 'going',
      reason: 'differs-from-ours',
      pushNeeded: true,
      pushedRevision: 0,
      base: { ours: 'pending', luma: 'pending_approval', digest: 'd' },
    },
  },
  {
    name: 'invited there, going here: ours is sent',
    held: held('going', 1, null),
    seen: 'invited',
    plan: { status: 'going', reason: 'differs-from-ours', pushNeeded: true },
  },
  {
    name: 'interested here, answered there',
    held: held('interested', 1, null),
    seen: 'approved',
    plan: { status: 'going', reason: 'changed-there', decidedBy: 'luma_side', pushNeeded: false },
  },
  {
    name: 'declined there before we ever compared',
    held: held('going', 1, never({ askedAt: new Date(0) })),
    seen: 'declined',
    plan: { status: 'rejected', reason: 'declined-there', decidedBy: 'luma_side', pushNeeded: false },
  },
  {
    name: 'cancelled here before Luma showed the guest',
    held: held('cancelled', 2, never({ askedAt: new Date(0) })),
    seen: 'approved',
    plan: { status: 'cancelled', reason: 'differs-from-ours', pushNeeded: true },
  },
  {
    name: 'cancelled here after the add was sent, and declined there: not ours to take back',
    held: held('cancelled', 2, never({ askedAt: new Date(0) })),
    seen: 'declined',
    plan: { status: 'cancelled', reason: 'confirmed', decidedBy: 'luma_side', pushNeeded: false },
  },

  // Nothing new at Luma.
  {
    name: 'an echo',
    held: held('going', 1, agreed('going', 'approved')),
    seen: 'approved',
    plan: { kind: 'unchanged' },
  },
  {
    name: 'our edit still has to travel',
    held: held('cancelled', 2, agreed('going', 'approved')),
    seen: 'approved',
    plan: { kind: 'unchanged' },
  },
  {
    name: 'there and back here, so nothing has to travel',
    held: held('going', 3, agreed('going', 'approved')),
    seen: 'approved',
    plan: { status: 'going', reason: 'confirmed', pushedRevision: 3, pushNeeded: false },
  },
  {
    name: 'another name or ticket',
    held: held('going', 1, agreed('going', 'approved')),
    seen: 'approved',
    digest: 'new',
    plan: {
      status: 'going',
      reason: 'details',
      decidedBy: 'us',
      pushNeeded: false,
      base: { ours: 'going', luma: 'approved', digest: 'new' },
    },
  },
  {
    name: 'another name while our edit has to travel',
    held: held('cancelled', 2, agreed('going', 'approved')),
    seen: 'approved',
    digest: 'new',
    plan: {
      status: 'cancelled',
      reason: 'details',
      pushNeeded: true,
      pushedRevision: 1,
      base: { ours: 'going', luma: 'approved', digest: 'new' },
    },
  },
  {
    name: 'session and approved are one to us',
    held: held('going', 1, agreed('going', 'approved')),
    seen: 'session',
    plan: { status: 'going', reason: 'confirmed', pushNeeded: false },
  },

  // Luma changed.
  {
    name: 'approved there',
    held: held('pending', 1, agreed('pending', 'pending_approval')),
    seen: 'approved',
    plan: { status: 'going', reason: 'changed-there', decidedBy: 'luma_side', pushNeeded: false },
  },
  {
    name: 'our edit came through',
    held: held('going', 2, asking('pending', 'pending_approval', 'approved')),
    seen: 'approved',
    plan: { status: 'going', reason: 'confirmed', decidedBy: 'us', pushedRevision: 2, pushNeeded: false },
  },
  {
    name: 'declined there',
    held: held('going', 1, agreed('going', 'approved')),
    seen: 'declined',
    plan: { status: 'rejected', reason: 'declined-there', decidedBy: 'luma_side', pushNeeded: false },
  },
  {
    name: 'approved there before our edit went out',
    held: held('going', 2, agreed('pending', 'pending_approval')),
    seen: 'approved',
    plan: { status: 'going', reason: 'confirmed', decidedBy: 'luma_side', pushedRevision: 2, pushNeeded: false },
  },
  {
    name: 'declined there before our no went out: not ours to take back',
    held: held('cancelled', 2, asking('going', 'approved', 'approved')),
    seen: 'declined',
    plan: { status: 'cancelled', reason: 'confirmed', decidedBy: 'luma_side', pushNeeded: false },
  },
  {
    name: 'our no came through after the person changed their mind again: the newer answer follows',
    held: held('going', 3, asking('going', 'approved', 'declined')),
    seen: 'declined',
    plan: {
      status: 'going',
      reason: 'overtaken',
      decidedBy: 'us',
      pushNeeded: true,
      pushedRevision: 1,
      conflict: null,
      base: { ours: 'rejected', luma: 'declined', digest: 'd' },
    },
  },
  {
    name: 'there and back here while our no is in flight: it may still come through',
    held: held('going', 3, asking('going', 'approved', 'declined')),
    seen: 'approved',
    plan: { reason: 'confirmed', base: { ours: 'going', luma: 'approved', digest: 'd', asked: 'declined' } },
  },
  {
    name: 'a no of ours that came to nothing does not excuse a host who declines later',
    held: held('going', 3, asking('going', 'approved', 'declined')),
    seen: 'declined',
    at: new Date(ASK_COUNTS_MS),
    plan: { status: 'rejected', reason: 'declined-there', decidedBy: 'luma_side', pushNeeded: false },
  },
  {
    name: 'our own no came through',
    held: held('cancelled', 2, asking('going', 'approved', 'declined')),
    seen: 'declined',
    plan: { status: 'cancelled', reason: 'confirmed', decidedBy: 'us', pushNeeded: false },
  },
  {
    name: 'taken back there after a no',
    held: held('rejected', 1, agreed('rejected', 'declined')),
    seen: 'approved',
    plan: { status: 'going', reason: 'changed-there', pushNeeded: false },
  },

  {
    name: 'a no of ours after theirs does not make the refusal ours',
    held: held('cancelled', 2, agreed('rejected', 'declined', { decidedBy: 'luma_side' })),
    seen: 'declined',
    plan: { status: 'cancelled', reason: 'confirmed', decidedBy: 'luma_side', pushNeeded: false },
  },

  // Both changed.
  {
    name: 'both, and the event is ours',
    held: held('waitlist', 2, agreed('pending', 'pending_approval')),
    seen: 'approved',
    plan: {
      status: 'waitlist',
      reason: 'conflict',
      pushNeeded: true,
      pushedRevision: 1,
      base: { ours: 'going', luma: 'approved', digest: 'd' },
      conflict: { base: 'pending_approval', ours: 'waitlist', theirs: 'approved', kept: 'ours' },
    },
  },
  {
    name: 'both, and the event is theirs',
    held: held('waitlist', 2, agreed('pending', 'pending_approval')),
    seen: 'approved',
    owner: 'theirs',
    plan: {
      status: 'going',
      reason: 'conflict',
      pushNeeded: false,
      pushedRevision: 2,
      conflict: { base: 'pending_approval', ours: 'waitlist', theirs: 'approved', kept: 'theirs' },
    },
  },
  {
    name: 'approved here while declined there: the no stays, though the event is ours',
    held: held('going', 2, agreed('pending', 'pending_approval')),
    seen: 'declined',
    plan: {
      status: 'rejected',
      reason: 'conflict',
      pushNeeded: false,
      decidedBy: 'luma_side',
      conflict: { base: 'pending_approval', ours: 'going', theirs: 'declined', kept: 'theirs' },
    },
  },
];

describe('merging one guest', () => {
  it.each(CASES)('$name', ({ held: rsvp, seen, at, digest, owner = 'ours', plan }) => {
    expect(planGuest(rsvp, look(seen, digest, at), owner)).toMatchObject({ kind: 'write', ...plan });
  });

  it('tells a conflict once', () => {
    const rsvp = held('waitlist', 2, agreed('pending', 'pending_approval'));
    const first = planGuest(rsvp, look('approved'), 'ours');
    if (first.kind !== 'write') throw new Error('not written');
    const again = held(first.status, 2, {
      ...agreed('pending', 'pending_approval'),
      base: first.base,
      pushedRevision: first.pushedRevision,
      decidedBy: first.decidedBy,
    });
    expect(planGuest(again, look('approved'), 'ours')).toEqual({ kind: 'unchanged' });
  });

  it.each([
    ['sends what both once agreed on', 'pending', true],
    ['sends anything else', 'cancelled', true],
    ['has nothing to send of what the host said', 'going', false],
  ] as const)('after a conflict that ours won %s, when the app says that since', (_, said, pushNeeded) => {
    const first = planGuest(held('waitlist', 2, agreed('pending', 'pending_approval')), look('approved'), 'ours');
    if (first.kind !== 'write') throw new Error('not written');
    const { base, pushedRevision, decidedBy } = first;
    const since = held(said, 3, agreed('pending', 'pending_approval', { base, pushedRevision, decidedBy }));
    // The host has checked them in meanwhile: news, but none about the answer.
    expect(planGuest(since, look('approved', 'e'), 'ours')).toMatchObject({ kind: 'write', status: said, pushNeeded });
  });
});

const status = fc.constantFrom(...RSVP_STATUSES);
const theirs = fc.constantFrom('approved', 'session', 'pending_approval', 'invited', 'declined', 'waitlist');
const link = fc.option(
  fc.record<Link>({
    base: fc.option(
      fc.record(
        {
          ours: status,
          luma: theirs,
          digest: fc.constantFrom('d', 'e'),
          asked: fc.constantFrom<'approved' | 'pending_approval' | 'declined' | 'waitlist'>(
            'approved',
            'pending_approval',
            'declined',
            'waitlist',
          ),
        },
        { requiredKeys: ['ours', 'luma', 'digest'] },
      ),
    ),
    pushedRevision: fc.nat(3),
    askedAt: fc.option(fc.constant(new Date(0))),
    decidedBy: fc.constantFrom('us', 'luma_side', 'unknown'),
  }),
);
const rsvps = fc.record<HeldRsvp>({ status, revision: fc.integer({ min: 1, max: 4 }), link });
const owners = fc.constantFrom('ours', 'theirs');

describe('merging one guest, whatever both sides say', () => {
  it('is stable: looking again at the same guest asks for nothing new', () => {
    fc.assert(
      fc.property(rsvps, theirs, owners, (rsvp, approvalStatus, owner) => {
        const first = planGuest(rsvp, look(approvalStatus), owner);
        if (first.kind !== 'write') return;
        const after = held(first.status, rsvp.revision, {
          base: first.base,
          pushedRevision: first.pushedRevision,
          askedAt: rsvp.link?.askedAt ?? null,
          decidedBy: first.decidedBy,
        });
        const second = planGuest(after, look(approvalStatus), owner);
        if (second.kind !== 'write') return;
        // A note of the revision may follow; no status moves, nothing is asked for, no conflict is told again.
        expect(second).toMatchObject({ status: first.status, conflict: null, pushNeeded: first.pushNeeded });
        const third = planGuest(
          { ...after, link: { ...(after.link as Link), base: second.base, pushedRevision: second.pushedRevision } },
          look(approvalStatus),
          owner,
        );
        expect(third.kind).toBe('unchanged');
      }),
      { numRuns: 2_000 },
    );
  });

  it('never asks to approve somebody whom Luma has newly declined', () => {
    fc.assert(
      fc.property(rsvps, owners, (rsvp, owner) => {
        fc.pre(rsvp.link?.base?.luma !== 'declined' && rsvp.link?.base?.asked !== 'declined');
        const plan = planGuest(rsvp, look('declined'), owner);
        expect(plan.kind).toBe('write');
        if (plan.kind === 'write') {
          expect(plan.pushNeeded).toBe(false);
          expect(toApprovalStatus(plan.status)).toBe('declined');
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
