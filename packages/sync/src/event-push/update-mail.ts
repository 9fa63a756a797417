import {
  type Base,
  couldMailGuests,
  decideMail,
  EVENT_FIELDS,
  type EventState,
  isSameEventField,
  type MailDecision,
} from '@luma-sync/domain';
import type { JobContext } from '@luma-sync/jobs';
import type { MailGuard, SyncEvent } from '@luma-sync/store';
import type { LumaAccount } from '../luma-account.js';
import { hadNoEffect } from '../was-not-sent.js';

export interface UpdateMailDeps {
  mailGuard: Pick<MailGuard, 'findAllowance' | 'countGuestsToTell' | 'note' | 'giveBack'>;
}

/**
 * Whether Luma may mail guests about an update, decided anew in each run. Null: nothing in it is what Luma mails about.
 *
 * @param base Null when the update follows a create of ours.
 */
export async function decideUpdateMail(
  send: Partial<EventState>,
  base: Base<EventState> | null,
  event: SyncEvent,
  account: Pick<LumaAccount, 'calendarId' | 'mailOnUpdate'>,
  { mailGuard }: UpdateMailDeps,
): Promise<MailDecision | null> {
  if (!couldMailGuests(Object.keys(send))) return null;
  const query = { eventId: event.id, calendarId: account.calendarId, purpose: 'event_update' } as const;
  return decideMail(
    {
      setting: { name: 'mailOnUpdate', isOn: account.mailOnUpdate },
      never: whyNever(send, base, event),
      recipients: account.mailOnUpdate ? await mailGuard.countGuestsToTell(event.id) : 0,
      isSumOfCommands: false,
    },
    await mailGuard.findAllowance(query),
  );
}

function whyNever(send: Partial<EventState>, base: Base<EventState> | null, event: SyncEvent): string | null {
  if (event.approval === 'cancelled') return 'the event is being hidden';
  if (event.revision <= (event.quietRevision ?? 0)) return 'it was made so that it mails nobody';
  if (event.cancelMode === 'soft') return 'the event comes back from being cancelled';
  // Without a base this follows a create of ours, about which nobody has to be told.
  if (base === null) return 'a repeated request never mails';
  const notAsked = fieldsOtherThan({ ...base.underWay?.said, ...base.asked }, send);
  if (!couldMailGuests(Object.keys(notAsked))) return 'a repeated request never mails';
  // An earlier request of ours came in late and replaced what a host had said since.
  const isNews = couldMailGuests(Object.keys(fieldsOtherThan(base.taken, notAsked)));
  return isNews ? null : 'what a host said is put back';
}

function fieldsOtherThan(known: Partial<EventState> = {}, send: Partial<EventState>): Partial<EventState> {
  const fields = EVENT_FIELDS.filter((field) => field in send && !isSameEventField(field, send[field], known[field]));
  return Object.fromEntries(fields.map((field) => [field, send[field]])) as Partial<EventState>;
}

/** Notes the decision, then makes the request it was made for. */
export async function withUpdateMail(
  eventId: string,
  decision: MailDecision | null,
  { mailGuard }: UpdateMailDeps,
  ctx: JobContext,
  request: () => Promise<void>,
): Promise<void> {
  if (decision === null) return request();
  const uses = decision.allowed ? decision.recipients : 0;
  await mailGuard.note(ctx, { purpose: 'event_update', eventId, decision, uses, rsvpIds: null });
  try {
    await request();
  } catch (error) {
    const didNothing = hadNoEffect(error);
    // A word that cannot be given back costs a mail at most.
    if (didNothing && decision.permitId !== null)
      await mailGuard.giveBack(ctx, decision.permitId, uses).catch(() => {});
    throw error;
  }
}
