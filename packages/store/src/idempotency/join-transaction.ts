import type { Database, Db } from '../database.js';

/**
 * Lets work that opens a transaction of its own run inside the caller's instead: it commits with it, and when it
 * throws, so must the caller.
 */
export function joinTransaction(tx: Db): Database {
  return new Proxy(tx, {
    get: (target, property) =>
      property === '$transaction' ? (work: (joined: Db) => unknown) => work(tx) : Reflect.get(target, property),
  }) as Database;
}
