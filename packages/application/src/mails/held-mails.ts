import { rsvpPush } from '@luma-sync/jobs';
import {
  appendTimeline,
  dropHeldMails,
  type EnqueuedOperation,
  enqueueOperation,
  lockHeldMails,
  markMailsConfirmed,
  type Tx,
} from '@luma-sync/store';
import type { ConfirmationNeeded } from './confirm.js';

export type HeldMailsResult =
  /** `operation` is null where nothing was held: it was confirmed already, or the answers changed. */
  | {
      kind: 'done';
      eventId: string;
      calendarId: string | null;
      recipients: number;
      operation: EnqueuedOperation | null;
    }
  | { kind: 'unknown' }
  | ConfirmationNeeded;

/**
 * A person's word that these people are mailed. Two such words, at once or one after the other, mail nobody twice: the
 * second finds nothing held.
 *
 * @param recipients As many as their caller counted. More than that are refused, fewer are fine.
 */
export async function confirmHeldMails(
  tx: Tx,
  key: string,
  { actor, recipients: counted }: { actor: string; recipients: number },
): Promise<HeldMailsResult> {
  const held = await lockHeldMails(tx, key);
  if (held === null) return { kind: 'unknown' };
  const { eventId, calendarId, rsvpIds } = held;
  const recipients = rsvpIds.length;
  if (recipients > counted) return { kind: 'confirm-recipients', recipients };
  if (recipients === 0) return { kind: 'done', eventId, calendarId, recipients, operation: null };
  await markMailsConfirmed(tx, rsvpIds);
  await note(tx, eventId, actor, 'confirmed', recipients);
  const asked = { trigger: 'manual', actor, eventId, calendarId } as const;
  return {
    kind: 'done',
    eventId,
    calendarId,
    recipients,
    operation: await enqueueOperation(tx, rsvpPush, { eventId }, asked),
  };
}

/** A person's word that nobody of them is mailed. */
export async function discardHeldMails(tx: Tx, key: string, actor: string): Promise<HeldMailsResult> {
  const held = await lockHeldMails(tx, key);
  if (held === null) return { kind: 'unknown' };
  const { eventId, calendarId, rsvpIds } = held;
  const recipients = rsvpIds.length;
  if (recipients > 0) {
    await dropHeldMails(tx, rsvpIds);
    await note(tx, eventId, actor, 'discarded', recipients);
  }
  return { kind: 'done', eventId, calendarId, recipients, operation: null };
}

async function note(tx: Tx, eventId: string, actor: string, answer: 'confirmed' | 'discarded', recipients: number) {
  const fact = { fact: 'held-mails-answered', answer, recipients } as const;
  await appendTimeline(tx, [{ recordType: 'event', recordId: eventId, eventId, actor, fact }]);
}
