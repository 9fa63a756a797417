import { normalizeEmail, type WritableApprovalStatus } from '@luma-sync/domain';
import type { JobContext } from '@luma-sync/jobs';
import type { LumaGuestsAccepted } from '@luma-sync/luma-contract';
import type { DueRsvp, RsvpSyncStore } from '@luma-sync/store';
import { wasNotSent } from '../was-not-sent.js';
import type { RsvpMail } from './rsvp-mail.js';

export interface AskDeps {
  rsvps: Pick<RsvpSyncStore, 'markAsked' | 'markAccepted' | 'takeBackAsked'>;
}

/** What one request asks of Luma: the status of these people, and whether it may mail them. */
export interface RsvpIntent {
  due: readonly DueRsvp[];
  approvalStatus: WritableApprovalStatus;
  mail: RsvpMail;
}

/**
 * Notes why Luma may or may not mail these people, and that these RSVPs are about to be sent, then sends them. A
 * process that dies in between leaves the note: the next run takes the request for sent, looks for it, and mails nobody
 * when it sends it again.
 */
export async function sendWithIntent(
  { due, approvalStatus, mail }: RsvpIntent,
  send: () => Promise<Partial<LumaGuestsAccepted> | undefined>,
  deps: AskDeps,
  ctx: JobContext,
): Promise<void> {
  await mail.note(ctx);
  await deps.rsvps.markAsked(
    ctx,
    due.map(({ rsvpId, revision, lumaGuestId, email }) => ({
      rsvpId,
      revision,
      approvalStatus,
      email: lumaGuestId === null ? email : null,
    })),
  );
  let accepted: Partial<LumaGuestsAccepted> | undefined;
  try {
    accepted = await send();
  } catch (error) {
    // A note that cannot be taken back costs a pause and a mail, never an answer.
    if (wasNotSent(error)) await deps.rsvps.takeBackAsked(ctx, due).catch(() => {});
    await mail.failed(ctx, error);
    throw error;
  }
  const skipped = new Set((accepted?.skipped ?? []).map(({ email }) => normalizeEmail(email)));
  await deps.rsvps.markAccepted(
    ctx,
    due.map(({ rsvpId, email }) => ({ rsvpId, isSkipped: email !== null && skipped.has(email) })),
  );
}
