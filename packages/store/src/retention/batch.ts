import type { Db } from '../database.js';

/** Rows of one commit. */
export const RETENTION_BATCH = 1_000;

/** Removes, or empties, one batch of what is older than that. @returns how many rows. */
export type Batch = (tx: Db, days: number) => Promise<number>;
