import { createHash, randomUUID } from 'node:crypto';
import {
  BODY_DEPTH_MAX,
  findBeyond,
  isKnownWebhookType,
  verifyWebhook,
  WEBHOOK_VALUES_MAX,
  webhookBodySchema,
} from '@luma-sync/luma-contract';
import type { DeliveryReceipt, NewDelivery } from '@luma-sync/store';
import { toRecordKey } from './record-key.js';

/** How a delivery was received; `to-answer.ts` says what Luma is told. */
export type ReceiveOutcome =
  | DeliveryReceipt
  /** Missing, wrong or stale signature, or a calendar we have no secret for. */
  | { kind: 'unverified'; reason: 'missing' | 'malformed' | 'stale' | 'mismatch' }
  /** The same bytes fail every time. */
  | { kind: 'malformed'; reason: 'not-utf8' | 'not-json' | 'too-large' | 'no-type' }
  /** Asks for it again; what never comes is found by the next pull. */
  | { kind: 'unavailable'; cause: unknown };

export interface IncomingWebhook {
  /** Our id of it, or its name. */
  calendarKey: string;
  rawBody: Buffer;
  signature: string | undefined;
  webhookId: string | undefined;
}

export interface ReceiveDeps {
  /** @returns null for a calendar that is unknown. */
  findCalendarId(key: string): Promise<string | null>;
  /** Empty for a calendar that is unknown or has no secret. */
  findSecrets(calendarId: string): Promise<readonly string[]>;
  storeDelivery(delivery: NewDelivery): Promise<DeliveryReceipt>;
  toleranceSeconds: number;
  /** Luma gives up after 5 s and counts that as a failure: a database that takes longer is as good as none. */
  answerWithinMs: number;
  now(): Date;
}

/**
 * Verifies, keeps, and nothing else: the work is an operation stored with the delivery. Postgres is all this needs.
 * Never throws: whatever keeps us from storing a good delivery, Luma should bring it again.
 */
export async function receiveWebhook(incoming: IncomingWebhook, deps: ReceiveDeps): Promise<ReceiveOutcome> {
  const limit = new AbortController();
  const late = new Promise<ReceiveOutcome>((resolve) => {
    const timer = setTimeout(() => resolve({ kind: 'unavailable', cause: 'timeout' }), deps.answerWithinMs);
    limit.signal.addEventListener('abort', () => clearTimeout(timer));
  });
  try {
    return await Promise.race([receive(incoming, deps), late]);
  } catch (cause) {
    return { kind: 'unavailable', cause };
  } finally {
    limit.abort();
  }
}

async function receive(incoming: IncomingWebhook, deps: ReceiveDeps): Promise<ReceiveOutcome> {
  const calendarId = await deps.findCalendarId(incoming.calendarKey);
  const verified = verifyWebhook({
    secrets: calendarId === null ? [] : await deps.findSecrets(calendarId),
    header: incoming.signature,
    rawBody: incoming.rawBody,
    nowSeconds: Math.floor(deps.now().getTime() / 1_000),
    toleranceSeconds: deps.toleranceSeconds,
  });
  if (!verified.ok) return { kind: 'unverified', reason: verified.reason };
  // Nothing verifies without a secret.
  if (calendarId === null) return { kind: 'unverified', reason: 'mismatch' };
  const body = parse(incoming.rawBody);
  if ('reason' in body) return { kind: 'malformed', reason: body.reason };
  return deps.storeDelivery({
    calendarId,
    webhookId: toWebhookId(incoming.webhookId),
    type: body.type,
    rawBody: body.text,
    signedAt: new Date(verified.timestampSeconds * 1_000),
    recordKey: toRecordKey(body.type, body.data),
    isKnown: isKnownWebhookType(body.type),
  });
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function parse(
  rawBody: Buffer,
): { text: string; type: string; data: unknown } | { reason: 'not-utf8' | 'not-json' | 'too-large' | 'no-type' } {
  let text: string;
  try {
    text = utf8.decode(rawBody);
  } catch {
    return { reason: 'not-utf8' };
  }
  // Before the parser: what it does for each level and each value it does in one go.
  if (findBeyond(text, { depthMax: BODY_DEPTH_MAX, valuesMax: WEBHOOK_VALUES_MAX }) !== null)
    return { reason: 'too-large' };
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { reason: 'not-json' };
  }
  const body = webhookBodySchema.safeParse(json);
  // Postgres cannot keep a text with a NUL in it, and no type of Luma's has a control character.
  if (!body.success || /[\p{Cc}\p{Cs}]/u.test(body.data.type)) return { reason: 'no-type' };
  return { text, type: body.data.type, data: body.data.data };
}

const WEBHOOK_ID_MAX = 200;

/**
 * What repeats are known by. Without an id every delivery is kept: dropping equal bodies would drop a true change back
 * (A, B, A). One that is too long for an index is kept as its hash.
 */
function toWebhookId(header: string | undefined): string {
  const id = header?.trim() ?? '';
  if (id === '') return `none-${randomUUID()}`;
  return id.length > WEBHOOK_ID_MAX ? `sha256-${createHash('sha256').update(id).digest('hex')}` : id;
}
