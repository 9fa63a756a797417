import { type Database, findApiKey, findEnvironmentKeys, touchApiKey } from '@luma-sync/store';
import type { Log } from '../http/log.js';
import type { FindKey } from './api-key-auth.js';
import { ApiKeyCache } from './api-key-cache.js';
import { WrongKeyLimit } from './wrong-key-limit.js';

/** A use is noted once a minute and key by this process; other processes find it noted. */
const NOTED_EVERY_MS = 60_000;

export interface ApiKeys {
  find: FindKey;
}

export function openApiKeys(db: Database, log: Log): ApiKeys {
  const limit = new WrongKeyLimit();
  const cache = new ApiKeyCache({
    find: (key) => findApiKey(db, key),
    listOfEnvironment: () => findEnvironmentKeys(db),
  });
  const notedAt = new Map<string, number>();
  const isUseDue = (id: string): boolean => {
    const now = performance.now();
    if (now - (notedAt.get(id) ?? Number.NEGATIVE_INFINITY) < NOTED_EVERY_MS) return false;
    // Keys are few, and only valid ones come here.
    notedAt.set(id, now);
    return true;
  };
  return {
    async find(key, address) {
      const record = key === undefined ? null : await cache.get(key, { isOnlyKnown: limit.isOver(address) });
      if (record === null) limit.note(address);
      else if (isUseDue(record.id))
        // For people who clean up keys; a request does not wait for it, nor fail with it.
        touchApiKey(db, record.id).catch(() => log.debug({ apiKeyId: record.id }, 'use of a key not noted'));
      return record;
    },
  };
}
