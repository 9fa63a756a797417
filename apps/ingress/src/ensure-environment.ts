import { type Database, ensureBootstrapApiKey, ensureEnvironmentCalendar, type Keyring } from '@luma-sync/store';
import type { IngressEnvironment } from './config.js';
import type { Log } from './http/log.js';

/** Makes what the environment describes: the first API key and the default calendar. Again and again it changes nothing. */
export async function ensureEnvironment(
  db: Database,
  keyring: Keyring,
  config: IngressEnvironment,
  log: Log,
): Promise<void> {
  // Asked even when there is nothing to make: it shows that the tables are there.
  await db.apiKey.count();
  if (config.BOOTSTRAP_API_KEY !== undefined) {
    const isValid = await ensureBootstrapApiKey(db, config.BOOTSTRAP_API_KEY);
    if (!isValid) log.error({}, 'BOOTSTRAP_API_KEY was revoked and opens nothing; choose another one, or remove it');
  }
  if (config.LUMA_API_KEY !== undefined) {
    const settings = { apiKey: config.LUMA_API_KEY, webhookSecret: config.LUMA_WEBHOOK_SECRET };
    await ensureEnvironmentCalendar(db, keyring, settings);
  }
}
