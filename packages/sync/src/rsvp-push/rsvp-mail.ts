import { decideMail, type MailDecision } from '@luma-sync/domain';
import type { JobContext } from '@luma-sync/jobs';
import type { DueRsvp, MailGuard } from '@luma-sync/store';
import type { LumaAccount } from '../luma-account.js';
import { hadNoEffect } from '../was-not-sent.js';

export interface RsvpMailDeps {
  mailGuard: Pick<MailGuard, 'findAllowance' | 'countFirstSendings' | 'note' | 'giveBack'>;
}

/** Whether Luma may mail the people of one request, and the note of why. */
export interface RsvpMail {
  isAllowed: boolean;
  note(ctx: JobContext): Promise<void>;
  failed(ctx: JobContext, error: unknown): Promise<void>;
}

/** Whether Luma may mail people about their answers in this run. */
export interface RunMail {
  /** Of people whose answer is sent for the first time, and not because they gave it just now themselves. */
  first: MailDecision;
  /** True when there are more than may be mailed: then nobody of them is, also not those whom a later run sends. */
  isRefused: boolean;
  of(due: readonly DueRsvp[], isRepeat: boolean): RsvpMail;
}

/**
 * Decides once for all answers of the event that were never sent and are not the persons' own command, not only for
 * those this run carries: or the end of a long queue would be mailed and its beginning not.
 *
 * @param planned What this run sends for the first time of these, as it read it: a person who changed their answer
 *   since is mailed about the one they had.
 * @param wasRefused An earlier run of this operation found them to be too many.
 */
export async function decideRunMail(
  eventId: string,
  planned: readonly DueRsvp[],
  wasRefused: boolean,
  account: Pick<LumaAccount, 'calendarId' | 'mailOnRsvp'>,
  deps: RsvpMailDeps,
): Promise<RunMail> {
  const { mailGuard } = deps;
  const setting = { name: 'mailOnRsvp', isOn: account.mailOnRsvp } as const;
  const recipients = account.mailOnRsvp ? await mailGuard.countFirstSendings(eventId, planned.map(toId)) : 0;
  const never = wasRefused ? 'too many answers were due at once, and nobody confirmed their number' : null;
  const query = { eventId, calendarId: account.calendarId, purpose: 'rsvp_push' } as const;
  const allowance = await mailGuard.findAllowance(query);
  const first = decideMail({ setting, never, recipients, isSumOfCommands: true }, allowance);
  const repeat: MailDecision = {
    allowed: false,
    recipients: 0,
    reason: 'No mail: a repeated request never mails.',
    permitId: null,
  };
  const isRefused = setting.isOn && !first.allowed;
  return {
    first,
    isRefused,
    of: (due, isRepeat) => {
      const own = () =>
        decideMail(
          { setting, never: null, recipients: due.length, isSumOfCommands: false, isOwnAnswer: true },
          allowance,
        );
      const decision = isRepeat && setting.isOn ? repeat : due.every(isOwnAnswer) ? own() : first;
      // What a person did not confirm in time can be confirmed afterwards.
      const isHeld = decision === repeat || !setting.isOn ? null : decision === first && isRefused;
      return toRsvpMail(eventId, due, { decision, isHeld }, mailGuard);
    },
  };
}

function toRsvpMail(
  eventId: string,
  due: readonly DueRsvp[],
  { decision, isHeld }: { decision: MailDecision; isHeld: boolean | null },
  mailGuard: RsvpMailDeps['mailGuard'],
): RsvpMail {
  const rsvpIds = due.map(toId);
  const uses = decision.allowed ? rsvpIds.length : 0;
  const rsvps = due.map(({ rsvpId, revision }) => ({ rsvpId, revision }));
  const hold = isHeld === null ? {} : { hold: { isHeld, rsvps } };
  return {
    isAllowed: decision.allowed,
    note: (ctx) => mailGuard.note(ctx, { purpose: 'rsvp_push', eventId, decision, uses, rsvpIds, ...hold }),
    failed: async (ctx, error) => {
      const didNothing = hadNoEffect(error);
      // A word that cannot be given back costs a mail at most.
      if (didNothing && decision.permitId !== null)
        await mailGuard.giveBack(ctx, decision.permitId, uses).catch(() => {});
    },
  };
}

/** One person's own answer is one person's mail. */
export const isOwnAnswer = ({ isOwnAnswer: isOwn }: DueRsvp): boolean => isOwn === true;

const toId = ({ rsvpId }: DueRsvp): string => rsvpId;
