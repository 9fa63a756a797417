import type { JobError, Priority } from '@luma-sync/jobs';
import {
  createLumaClient,
  type LumaClient,
  type LumaClientOptions,
  type SlotGate,
  USER_AGENT,
} from '@luma-sync/luma-client';
import { type Database, setStatusOfKey } from '@luma-sync/store';

export interface KeyClientDeps {
  db: Database;
  /** The budget that all processes share. */
  slots: SlotGate;
  baseUrl: string;
  log: { warn(fields: object, message: string): void };
  /** Told of each request of an account when it begins; what it returns, when it is over. */
  onRequest?: ((account: string, priority: Priority) => () => void) | undefined;
}

export interface LumaKey {
  apiKey: string;
  /** Names the key's budget. */
  fingerprint: string;
}

/** Luma's API for one key. A refusal of the key itself is stored as the status of the key's calendars. */
export function createKeyClient(
  { db, slots, baseUrl, log, onRequest }: KeyClientDeps,
  { apiKey, fingerprint }: LumaKey,
  options: Pick<LumaClientOptions, 'requestTimeoutMs' | 'noteReading' | 'onAcceptedKey'>,
): LumaClient {
  return createLumaClient({
    baseUrl,
    apiKey,
    account: fingerprint,
    slots,
    userAgent: USER_AGENT,
    onBegin: onRequest === undefined ? undefined : (priority) => onRequest(fingerprint, priority),
    onRefusedKey: (refusal) => storeRefusal(db, fingerprint, refusal, log),
    ...options,
  });
}

async function storeRefusal(
  db: Database,
  fingerprint: string,
  { code, message }: JobError,
  log: KeyClientDeps['log'],
): Promise<void> {
  const status = code === 'luma.auth_failed' ? 'auth_failed' : 'plan_inactive';
  const changed = await setStatusOfKey(db, fingerprint, status, message);
  if (changed.length > 0)
    log.warn({ calendarIds: changed, status }, 'Luma refuses the key; the work of its calendars waits');
}
