import type { Db } from '../database.js';
import type { WebhookDelivery } from '../generated/client.js';
import { olderThan } from '../older-than.js';
import { calendarsWithin, type Reach } from '../reach/reach.js';

/** A delivery without its body, which may name people. */
export type DeliveryRecord = Omit<WebhookDelivery, 'rawBody'> & { hasBody: boolean };
export type DeliveryState = WebhookDelivery['state'];

export async function findDelivery(db: Db, id: string): Promise<DeliveryRecord | null> {
  const row = await db.webhookDelivery.findUnique({ where: { id } });
  return row === null ? null : toDeliveryRecord(row);
}

export interface DeliveryQuery {
  calendarId?: string | undefined;
  state?: DeliveryState | undefined;
  type?: string | undefined;
  /** Only what the caller reaches; absent: all. */
  reach?: Reach;
  /** The last one of the page before. */
  after?: { at: Date; id: string } | undefined;
  limit: number;
}

/** Newest first. */
export async function listDeliveries(db: Db, query: DeliveryQuery): Promise<DeliveryRecord[]> {
  const { after } = query;
  const rows = await db.webhookDelivery.findMany({
    where: {
      AND: [calendarsWithin(query.reach ?? null)],
      ...(query.calendarId === undefined ? {} : { calendarId: query.calendarId }),
      ...(query.state === undefined ? {} : { state: query.state }),
      ...(query.type === undefined ? {} : { type: query.type }),
      ...(after === undefined ? {} : olderThan('receivedAt', after)),
    },
    orderBy: [{ receivedAt: 'desc' }, { id: 'desc' }],
    take: query.limit,
  });
  return rows.map(toDeliveryRecord);
}

function toDeliveryRecord({ rawBody, ...rest }: WebhookDelivery): DeliveryRecord {
  return { ...rest, hasBody: rawBody !== null };
}
