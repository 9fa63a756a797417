import { type RsvpStatus, toApprovalStatus, toRsvpStatus, type WritableApprovalStatus } from './status.js';

/** The state both sides last agreed on: our word and Luma's word, each as its side writes it. */
export interface RsvpBase {
  ours: RsvpStatus;
  luma: string;
  /** Digest of everything else Luma showed of the guest: name, phone, tickets, answers. */
  digest: string;
  /** The same of the guest's mail address; absent in a base of an older version. */
  address?: string;
  /** What Luma was last asked for; seen to have come through, it is our own doing and no news. */
  asked?: WritableApprovalStatus;
}

/**
 * Luma works in the background: within this time a status that we asked for counts as our own doing. Later it is
 * somebody else's, even if the same: a request that came to nothing must not excuse a host's refusal for ever.
 */
export const ASK_COUNTS_MS = 10 * 60_000;

export interface SeenGuest {
  approvalStatus: string;
  digest: string;
  /** Digest of the mail address (`toAddressDigest`). */
  address?: string;
  /** When Luma was asked, or signed the webhook. */
  at: Date;
}

export interface HeldRsvp {
  status: RsvpStatus;
  revision: number;
  /** Digest of the person's mail address, where all we know of the person is what Luma shows. */
  lumasAddress?: string | undefined;
  link: {
    base: RsvpBase | null;
    pushedRevision: number;
    /** When we last sent this guest to Luma; null when never. */
    askedAt: Date | null;
    decidedBy: 'us' | 'luma_side' | 'unknown';
  } | null;
}

/** Why Luma's guest was written to our RSVP. */
export type GuestReason =
  | 'first-seen'
  | 'confirmed'
  | 'overtaken'
  | 'changed-there'
  | 'declined-there'
  | 'conflict'
  | 'details'
  | 'differs-from-ours';

export type GuestPlan =
  /** Equal to what both sides agreed on; nothing is written. */
  | { kind: 'unchanged' }
  /** A status Luma added after this was written: left alone. */
  | { kind: 'unknown-status' }
  | {
      kind: 'write';
      status: RsvpStatus;
      base: RsvpBase;
      pushedRevision: number;
      decidedBy: 'us' | 'luma_side' | 'unknown';
      /** Ours still differs from Luma's and has to travel. */
      pushNeeded: boolean;
      conflict: { base: string | null; ours: RsvpStatus; theirs: string; kept: 'ours' | 'theirs' } | null;
      reason: GuestReason;
    };

/**
 * Merges one guest as Luma shows it into our RSVP. No I/O, no clock.
 *
 * A guest who is `declined` at Luma without our doing said no there, or the host did: we never approve again, on
 * events of either source.
 *
 * @param held  Null when we have no RSVP of this person yet.
 * @param owner Whose answer stays when both changed it.
 */
export function planGuest(held: HeldRsvp | null, seen: SeenGuest, owner: 'ours' | 'theirs'): GuestPlan {
  const theirs = toRsvpStatus(seen.approvalStatus);
  if (theirs === null) return { kind: 'unknown-status' };
  const baseWith = (ours: RsvpStatus): RsvpBase => ({
    ours,
    luma: seen.approvalStatus,
    digest: seen.digest,
    ...addressOf(seen),
  });
  if (held === null) {
    return write({
      status: theirs,
      base: baseWith(theirs),
      pushedRevision: 1,
      decidedBy: 'luma_side',
      reason: 'first-seen',
    });
  }
  const { status: ours, revision, link } = held;
  const isSame = theirs === ours || toApprovalStatus(ours) === seen.approvalStatus;
  const base = link?.base ?? null;
  if (base === null) return planFirstSight(held, seen.approvalStatus, theirs, isSame, baseWith);

  const weChanged = revision > (link?.pushedRevision ?? 0) && ours !== base.ours;
  const theyChanged = seen.approvalStatus !== base.luma;
  if (theyChanged && isOurAsk(link, seen)) {
    return isSame
      ? write({ status: ours, base: baseWith(ours), pushedRevision: revision, decidedBy: 'us', reason: 'confirmed' })
      : // Ours has moved on while the request was in flight; the newer answer follows.
        write({
          status: ours,
          base: baseWith(theirs),
          pushedRevision: Math.min(link?.pushedRevision ?? 0, revision - 1),
          decidedBy: 'us',
          pushNeeded: true,
          reason: 'overtaken',
        });
  }
  if (!theyChanged) return planSameThere(held, seen, base, { isSame, weChanged, agreed: baseWith(ours) });
  if (isSame) {
    return write({
      status: ours,
      base: baseWith(ours),
      pushedRevision: revision,
      decidedBy: 'luma_side',
      reason: 'confirmed',
    });
  }
  if (!weChanged) {
    const reason = seen.approvalStatus === 'declined' ? 'declined-there' : 'changed-there';
    return write({ status: theirs, base: baseWith(theirs), pushedRevision: revision, decidedBy: 'luma_side', reason });
  }
  return planConflict(held, seen, owner, { theirs, lumaBefore: base.luma, baseWith });
}

/** Luma shows what it showed before: ours may be confirmed by it, or still to be sent. */
function planSameThere(
  held: HeldRsvp,
  seen: SeenGuest,
  base: RsvpBase,
  { isSame, weChanged, agreed }: { isSame: boolean; weChanged: boolean; agreed: RsvpBase },
): GuestPlan {
  const { status: ours, revision, link } = held;
  const decidedBy = link?.decidedBy ?? 'unknown';
  const pushedRevision = link?.pushedRevision ?? 0;
  if (isSame && revision > pushedRevision) {
    return write({
      status: ours,
      // A request of ours may still be at work there.
      base: base.asked === undefined ? agreed : { ...agreed, asked: base.asked },
      pushedRevision: revision,
      // Saying no as well does not make a refusal ours that was there before.
      decidedBy: seen.approvalStatus === 'declined' ? decidedBy : 'us',
      reason: 'confirmed',
    });
  }
  if (seen.digest === base.digest && !hasMoved(held, base, seen)) return { kind: 'unchanged' };
  return write({
    status: ours,
    base: { ...base, digest: seen.digest, ...addressOf(seen) },
    pushedRevision,
    decidedBy,
    pushNeeded: weChanged && !isSame,
    reason: 'details',
  });
}

/** Both sides changed the answer to different ones. */
function planConflict(
  { status: ours, revision, link }: HeldRsvp,
  { approvalStatus }: SeenGuest,
  owner: 'ours' | 'theirs',
  {
    theirs,
    lumaBefore,
    baseWith,
  }: { theirs: RsvpStatus; lumaBefore: string; baseWith: (ours: RsvpStatus) => RsvpBase },
): GuestPlan {
  const kept = owner === 'theirs' || approvalStatus === 'declined' ? 'theirs' : 'ours';
  const conflict = { base: lumaBefore, ours, theirs: approvalStatus, kept } as const;
  const common = { base: baseWith(theirs), decidedBy: 'luma_side', conflict, reason: 'conflict' } as const;
  if (kept === 'theirs') return write({ ...common, status: theirs, pushedRevision: revision });
  // Theirs must go, so ours is a change until Luma has it: also if it is again what both once agreed on.
  return write({ ...common, status: ours, pushedRevision: link?.pushedRevision ?? 0, pushNeeded: true });
}

const addressOf = ({ address }: SeenGuest) => (address === undefined ? {} : { address });

/**
 * We hold an answer, Luma holds a guest, and nobody ever compared the two: our add came through, or both sides began on
 * their own.
 */
function planFirstSight(
  { status: ours, revision, link }: HeldRsvp,
  approvalStatus: string,
  theirs: RsvpStatus,
  isSame: boolean,
  baseWith: (ours: RsvpStatus) => RsvpBase,
): GuestPlan {
  const asked = link?.askedAt != null;
  if (isSame) {
    return write({
      status: ours,
      base: baseWith(ours),
      pushedRevision: revision,
      // We ask to decline only those whom Luma has shown before: this refusal is not ours.
      decidedBy: asked && approvalStatus !== 'declined' ? 'us' : 'luma_side',
      reason: 'confirmed',
    });
  }
  // An invitation is no answer: ours is the only one there is.
  if (toApprovalStatus(ours) === null || approvalStatus === 'declined') {
    const reason = approvalStatus === 'declined' ? 'declined-there' : 'changed-there';
    return write({ status: theirs, base: baseWith(theirs), pushedRevision: revision, decidedBy: 'luma_side', reason });
  }
  return write({
    status: ours,
    base: baseWith(theirs),
    pushedRevision: Math.min(link?.pushedRevision ?? 0, revision - 1),
    decidedBy: 'luma_side',
    pushNeeded: true,
    reason: 'differs-from-ours',
  });
}

/** Luma shows the guest under another address than before. */
function hasMoved({ lumasAddress }: HeldRsvp, base: RsvpBase, { address }: SeenGuest): boolean {
  const before = base.address ?? lumasAddress;
  return address !== undefined && before !== undefined && address !== before;
}

function isOurAsk(link: HeldRsvp['link'], seen: SeenGuest): boolean {
  if (link?.base?.asked !== seen.approvalStatus || link.askedAt === null) return false;
  return seen.at.getTime() - link.askedAt.getTime() < ASK_COUNTS_MS;
}

type Write = Extract<GuestPlan, { kind: 'write' }>;

function write(
  plan: Omit<Write, 'kind' | 'pushNeeded' | 'conflict'> & Partial<Pick<Write, 'pushNeeded' | 'conflict'>>,
): Write {
  return { kind: 'write', pushNeeded: false, conflict: null, ...plan };
}
