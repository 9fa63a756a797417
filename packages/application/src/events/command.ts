import {
  appendTimeline,
  type EnqueuedOperation,
  type Event,
  type EventLink,
  type EventView,
  getEventAndLink,
  getEventView,
  lockEventByKey,
  reviseEvent,
  type Tx,
} from '@luma-sync/store';
import type { ConfirmationNeeded, MailPreview } from '../mails/confirm.js';
import { requestEventPush } from './request-push.js';

export type CommandResult =
  /** `operation` is null when the event was so already. */
  | { kind: 'done'; view: EventView; operation: EnqueuedOperation | null; mail?: MailPreview | null }
  | ConfirmationNeeded
  | { kind: 'unknown' }
  | { kind: 'read-only' }
  | { kind: 'not-approved' }
  | { kind: 'already-approved' }
  | { kind: 'cancelled' }
  /** Luma does not have the event, as far as we know. */
  | { kind: 'not-linked' }
  /** Luma cancelled it on our word: it is gone there. */
  | { kind: 'cancelled-for-good' };

export interface CommandOptions {
  actor: string;
  /** People whom Luma may mail because of this command, as its caller counted them; absent: they said none. */
  confirmRecipients?: number | undefined;
}

export async function onLockedEvent(
  tx: Tx,
  key: string,
  work: (event: Event, link: EventLink | null) => Promise<CommandResult>,
): Promise<CommandResult> {
  const id = await lockEventByKey(tx, key);
  if (id === null) return { kind: 'unknown' };
  const { event, link } = await getEventAndLink(tx, id);
  if (event.ownership === 'referenced' || event.source === 'ical') return { kind: 'read-only' };
  return work(event, link);
}

/** Reading at Luma is allowed for events we only follow. */
export async function onLinkedEvent(
  tx: Tx,
  key: string,
  enqueue: (event: Event, link: EventLink) => Promise<EnqueuedOperation | { kind: 'cancelled' } | ConfirmationNeeded>,
): Promise<CommandResult> {
  const id = await lockEventByKey(tx, key);
  if (id === null) return { kind: 'unknown' };
  const { event, link } = await getEventAndLink(tx, id);
  if (link === null || link.lumaEventId === null) return { kind: 'not-linked' };
  const operation = await enqueue(event, link);
  if ('kind' in operation) return operation;
  return { kind: 'done', view: await getEventView(tx, id), operation };
}

export async function unchanged(tx: Tx, event: Event): Promise<CommandResult> {
  return { kind: 'done', view: await getEventView(tx, event.id), operation: null };
}

export async function decide(
  tx: Tx,
  before: Event,
  link: EventLink | null,
  change: {
    data: Partial<Pick<Event, 'approval' | 'cancelledAt' | 'cancelMode'>>;
    message: string;
    actor: string;
    isPushed: boolean;
  },
): Promise<CommandResult> {
  const event = await reviseEvent(tx, before.id, change.data);
  await appendTimeline(tx, [
    {
      recordType: 'event',
      recordId: event.id,
      actor: change.actor,
      fact: { fact: 'event-commanded', revision: event.revision, command: change.message },
    },
  ]);
  const operation = change.isPushed
    ? await requestEventPush(tx, event, {
        pinnedCalendarId: link?.calendarId ?? null,
        trigger: 'api',
        actor: change.actor,
      })
    : null;
  return { kind: 'done', view: await getEventView(tx, event.id), operation };
}
