import {
  type BootstrapKey,
  type Database,
  type Db,
  ENVIRONMENT_ACTOR,
  ensureBootstrapApiKey,
  ensureEnvironmentCalendar,
  type Keyring,
  recordAudit,
  retryingTransaction,
} from '@luma-sync/store';
import type { IngressEnvironment } from './config.js';
import type { Log } from './http/log.js';

/**
 * Makes what the environment describes: the first API key and the default calendar. Again and again it changes nothing.
 */
export async function ensureEnvironment(
  db: Database,
  keyring: Keyring,
  config: IngressEnvironment,
  log: Log,
): Promise<void> {
  // Asked even when there is nothing to make: it shows that the tables are there.
  await db.apiKey.count();
  const { BOOTSTRAP_API_KEY: firstKey } = config;
  if (firstKey !== undefined) {
    const { isValid } = await retryingTransaction(db, (tx) => ensureBootstrapApiKey(tx, firstKey, noteBootstrapKey));
    if (!isValid) log.error({}, 'BOOTSTRAP_API_KEY was revoked and opens nothing; choose another one, or remove it');
  }
  if (config.LUMA_API_KEY !== undefined) {
    const settings = { apiKey: config.LUMA_API_KEY, webhookSecret: config.LUMA_WEBHOOK_SECRET };
    await retryingTransaction(db, (tx) => ensureEnvironmentCalendar(tx, keyring, settings));
  }
}

async function noteBootstrapKey(tx: Db, { createdId, revokedIds }: BootstrapKey): Promise<void> {
  const note = (action: string, subject: string) =>
    recordAudit(tx, ENVIRONMENT_ACTOR, { action, subjectType: 'api_key', subject, changes: { name: 'bootstrap' } });
  if (createdId !== null) await note('api_key.create', createdId);
  for (const id of revokedIds) await note('api_key.revoke', id);
}
