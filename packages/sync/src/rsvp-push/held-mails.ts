import type { WritableApprovalStatus } from '@luma-sync/domain';
import { PermanentError } from '@luma-sync/jobs';
import type { MailGuard, ReleasedMail } from '@luma-sync/store';
import { toCall } from '../luma-account.js';
import type { Run } from '../run.js';
import { wasNotSent } from '../was-not-sent.js';
import type { GuestsOf } from './read-guests.js';

export interface HeldMailDeps {
  mailGuard: Pick<MailGuard, 'listReleased' | 'takeReleased' | 'giveBackReleased'>;
}

const CONFIRMED = 'Luma may mail 1 person: a person confirmed the mail that was held back.';
const CHANGED = 'No mail: Luma shows the guest otherwise than when the mail was held back.';

/**
 * Has Luma mail people whose mail was held back and confirmed since. The status that Luma holds is written once more,
 * with a mail: nothing else changes by it. Each guest is read first, so that a decision made at Luma meanwhile is not
 * overruled.
 *
 * @returns how many were mailed.
 */
export async function sendReleasedMails(
  released: readonly ReleasedMail[],
  at: Pick<GuestsOf, 'lumaEventId'>,
  run: Run<HeldMailDeps>,
): Promise<number> {
  const { account, deps, ctx } = run;
  let mailed = 0;
  for (const mail of released) {
    const found = await account.api.findGuest(at.lumaEventId, mail.lumaGuestId, toCall(ctx, 'interactive'));
    const status = found.kind === 'found' ? toWritable(found.record.approval_status) : null;
    if (status === null || status !== mail.base.luma) {
      await deps.mailGuard.takeReleased(ctx, mail, { isMailed: false, why: CHANGED });
      continue;
    }
    if (!(await deps.mailGuard.takeReleased(ctx, mail, { isMailed: true, why: CONFIRMED }))) continue;
    if (await mailOne(mail, status, at, run)) mailed += 1;
  }
  return mailed;
}

async function mailOne(
  mail: ReleasedMail,
  status: WritableApprovalStatus,
  { lumaEventId }: Pick<GuestsOf, 'lumaEventId'>,
  { account, deps, ctx }: Run<HeldMailDeps>,
): Promise<boolean> {
  const body = { guest_id: mail.lumaGuestId, status };
  try {
    await account.api.updateGuestStatus(lumaEventId, body, { sendEmail: true }, toCall(ctx, 'interactive'));
    return true;
  } catch (error) {
    const isRefused = error instanceof PermanentError && ABOUT_ONE_GUEST.has(error.code);
    // A mark that cannot be given back costs a mail, never a second one.
    if (isRefused || wasNotSent(error)) await deps.mailGuard.giveBackReleased(ctx, mail, !isRefused).catch(() => {});
    if (!isRefused) throw error;
    ctx.log.warn({ operationId: ctx.operationId, rsvpId: mail.rsvpId, code: error.code }, 'held mail refused by Luma');
    return false;
  }
}

const ABOUT_ONE_GUEST = new Set(['luma.rejected', 'luma.not_found']);

const WRITABLE: readonly WritableApprovalStatus[] = ['approved', 'declined', 'pending_approval', 'waitlist'];
const toWritable = (status: string): WritableApprovalStatus | null =>
  WRITABLE.find((writable) => writable === status) ?? null;
