import { calendarPull } from '@luma-sync/jobs';
import type { WebhookTrouble } from '@luma-sync/timeline';
import type { Database, Db } from '../database.js';
import { fencedTransaction, type LeaseHolder } from '../leases.js';
import { enqueueOperation } from '../operations/enqueue.js';
import { enqueueNearReconciles } from '../reconcile/enqueue-reconciles.js';
import type { Keyring } from '../secrets/keyring.js';
import { appendTimeline } from '../timeline/append-timeline.js';
import type { RefusedWebhookType } from './calendar-record.js';
import { openSecret } from './calendar-secrets.js';
import { setCalendarWebhook } from './write-calendars.js';

/** What is known of a calendar's webhook. */
export interface WatchedWebhook {
  /** Of the calendar. */
  name: string;
  webhookId: string | null;
  hasSecret: boolean;
  /** A list showed a change that no webhook had told of. */
  unannouncedAt: Date | null;
  /** The newest delivery. */
  heardAt: Date | null;
  repairedAt: Date | null;
}

export interface Repair {
  what: WebhookTrouble;
  /** The webhook we knew, where another one took its place. */
  webhookId: string | null;
  /** Since when nothing was heard of what lists showed, ISO 8601. */
  since: string | null;
}

export interface KeptWebhook {
  calendarId: string;
  webhookId: string;
  secret: string;
  refusedTypes: readonly RefusedWebhookType[];
  state: 'ok' | 'silent';
  /** What was wrong and was put right; null when nothing was. */
  repair: Repair | null;
  at: Date;
}

/** What the watch over webhooks reads and stores. */
export function createWebhookWatchStore(db: Database, keyring: Keyring) {
  return {
    async find(calendarId: string): Promise<WatchedWebhook | null> {
      const calendar = await db.calendar.findUnique({ where: { id: calendarId } });
      if (calendar === null) return null;
      const newest = await db.webhookDelivery.aggregate({ where: { calendarId }, _max: { receivedAt: true } });
      return {
        name: calendar.name,
        webhookId: calendar.webhookId,
        hasSecret: calendar.webhookSecretCipher !== null,
        unannouncedAt: calendar.unannouncedAt,
        heardAt: newest._max.receivedAt,
        repairedAt: calendar.webhookRepairedAt,
      };
    },
    /**
     * Keeps the webhook as it stands now. After a repair the gap is listed in the same commit: coming events, the
     * guests of near ones at once and those of the others with the next rounds. A secret that is not the one we knew is
     * a repair too: deliveries were refused until now.
     */
    keep: (holder: LeaseHolder, kept: KeptWebhook): Promise<{ secretChanged: boolean }> =>
      fencedTransaction(db, holder, (tx) => keepWebhook(tx, keyring, holder, kept)),
  };
}

export type WebhookWatchStore = ReturnType<typeof createWebhookWatchStore>;

async function keepWebhook(
  tx: Db,
  keyring: Keyring,
  holder: LeaseHolder,
  { calendarId, webhookId, secret, refusedTypes, state, repair, at }: KeptWebhook,
): Promise<{ secretChanged: boolean }> {
  const before = await tx.calendar.findUniqueOrThrow({ where: { id: calendarId } });
  const secretChanged = openSecret(keyring, before, 'webhookSecretCipher') !== secret;
  const repaired = repair ?? (secretChanged ? { what: 'other-secret' as const, webhookId: null, since: null } : null);
  await setCalendarWebhook(tx, keyring, calendarId, { webhookId, secret, refusedTypes });
  await tx.calendar.update({
    where: { id: calendarId },
    data: { webhookState: state, webhookCheckedAt: at, ...(repaired === null ? {} : { webhookRepairedAt: at }) },
  });
  const entry = {
    recordType: 'calendar',
    recordId: calendarId,
    operationId: holder.operationId,
  } as const;
  if (repaired !== null) {
    await appendTimeline(tx, [{ ...entry, fact: { fact: 'webhook-repaired', ...repaired } }]);
    const asked = { trigger: 'scheduled', actor: 'webhook.watch', calendarId } as const;
    await enqueueOperation(tx, calendarPull, { calendarId }, asked);
    await enqueueNearReconciles(tx, calendarId);
  } else if (state === 'silent' && before.webhookState !== 'silent') {
    await appendTimeline(tx, [{ ...entry, fact: { fact: 'webhook-silent' } }]);
  }
  return { secretChanged };
}
