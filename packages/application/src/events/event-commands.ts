import { planApproval, planRejection } from '@luma-sync/domain';
import { eventPull } from '@luma-sync/jobs';
import {
  type Event,
  type EventLink,
  enqueueOperation,
  findCalendarRules,
  findMostMailingCalendar,
  getEventView,
  reopenRefused,
  reopenRefusedRegistration,
  reopenRefusedTags,
  type Tx,
} from '@luma-sync/store';
import { type ConfirmationNeeded, judgeReleaseMail, type MailPreview } from '../mails/confirm.js';
import { type CommandOptions, type CommandResult, decide, onLinkedEvent, onLockedEvent, unchanged } from './command.js';
import { requestEventPush } from './request-push.js';

/*
 * What a person decides about an event, each in the caller's transaction.
 *
 *   draft <--reject-- pending --approve--> approved --cancel--> cancelled --approve--> approved
 *
 * Every change counts as a revision: it is one that Luma has to hear of.
 */

/**
 * Lets an event through to Luma; a cancelled one comes back, unless Luma cancelled it for good. People who answered
 * while it waited are added there at once: where Luma would mail more of them than the calendar's limit, their number
 * has to be said.
 */
export function approveEvent(tx: Tx, key: string, options: CommandOptions): Promise<CommandResult> {
  const { actor } = options;
  return onLockedEvent(tx, key, async (event, link) => {
    const plan = planApproval(event, link);
    if (plan.kind === 'unchanged') return unchanged(tx, event);
    if (plan.kind !== 'decide') return { kind: plan.kind };
    const mail = await judgeMail(tx, event, link, options);
    if (mail !== null && 'kind' in mail) return mail;
    const { change: data, isPushed } = plan;
    const result = await decide(tx, event, link, { data, message: 'approved', actor, isPushed });
    return result.kind === 'done' ? { ...result, mail } : result;
  });
}

async function judgeMail(
  tx: Tx,
  event: Event,
  link: EventLink | null,
  { actor, confirmRecipients: confirmed }: CommandOptions,
): Promise<ConfirmationNeeded | MailPreview | null> {
  const id = link?.calendarId ?? event.calendarId;
  // Routing chooses at the push: until then whichever calendar mails most easily stands for all.
  const calendar = id === null ? await findMostMailingCalendar(tx) : await findCalendarRules(tx, id);
  return calendar === null ? null : judgeReleaseMail(tx, { eventId: event.id, calendar, confirmed, actor });
}

/** Turns down an event that waits. One that is public already can only be cancelled. */
export function rejectEvent(tx: Tx, key: string, { actor }: CommandOptions): Promise<CommandResult> {
  return onLockedEvent(tx, key, async (event, link) => {
    const plan = planRejection(event);
    if (plan.kind === 'unchanged') return unchanged(tx, event);
    if (plan.kind !== 'decide') return { kind: plan.kind };
    const { change: data, isPushed } = plan;
    return decide(tx, event, link, { data, message: 'turned down', actor, isPushed });
  });
}

/** Asks for a push although nothing changed here. Fields that Luma refused are sent once more. */
export function pushEvent(tx: Tx, key: string, { actor }: CommandOptions): Promise<CommandResult> {
  return onLockedEvent(tx, key, async (event, link) => {
    if (event.approval !== 'approved' && !(event.approval === 'cancelled' && link !== null))
      return { kind: 'not-approved' };
    await reopenRefused(tx, event.id);
    await reopenRefusedTags(tx, event.id);
    await reopenRefusedRegistration(tx, event.id);
    const operation = await requestEventPush(tx, event, {
      pinnedCalendarId: link?.calendarId ?? null,
      trigger: 'manual',
      actor,
    });
    return { kind: 'done', view: await getEventView(tx, event.id), operation };
  });
}

/** Asks for Luma's copy to be read and merged. */
export async function pullEvent(tx: Tx, key: string, { actor }: CommandOptions): Promise<CommandResult> {
  return onLinkedEvent(tx, key, (event, link) =>
    enqueueOperation(
      tx,
      eventPull,
      { eventId: event.id },
      { trigger: 'manual', actor, eventId: event.id, calendarId: link.calendarId },
    ),
  );
}
