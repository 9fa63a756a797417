import type { SlotGate } from '@luma-sync/luma-client';
import type { RateLimiter, RedisLimiterOptions } from '@luma-sync/rate-limiter';
import type { Database, Keyring } from '@luma-sync/store';
import type { LumaAccounts } from '@luma-sync/sync';
import { createBudgetSource, createLumaLimiter, type LumaBudgetSettings } from './budgets.js';
import type { KeyClientDeps } from './key-client.js';
import { createLumaAccounts } from './luma-accounts.js';
import { createRequestsPerMinute } from './requests-per-minute.js';

export interface LumaAccessOptions {
  db: Database;
  redis: RedisLimiterOptions['redis'];
  keyring: Keyring;
  config: LumaBudgetSettings & { LUMA_API_BASE_URL: string };
  log: { warn(fields: object, message: string): void; info(fields: object, message: string): void };
  /** What stands between a request and the budget. Default: nothing. */
  gate?: ((limiter: RateLimiter) => SlotGate) | undefined;
  onRequest?: KeyClientDeps['onRequest'];
}

export interface LumaAccess {
  limiter: RateLimiter;
  accounts: LumaAccounts;
  /** What a calendar's budget allows. */
  requestsPerMinute(calendarId: string): Promise<number>;
}

/** The calendars' accounts at Luma, within the budget that all processes share. */
export function openLumaAccess(options: LumaAccessOptions): LumaAccess {
  const { db, keyring, config, log, gate, onRequest } = options;
  const budgets = createBudgetSource(db, config);
  const limiter = createLumaLimiter({ ...options, budgets });
  const slots = gate?.(limiter) ?? limiter;
  return {
    limiter,
    accounts: createLumaAccounts({ db, keyring, slots, baseUrl: config.LUMA_API_BASE_URL, log, onRequest }),
    requestsPerMinute: createRequestsPerMinute(db, budgets),
  };
}
