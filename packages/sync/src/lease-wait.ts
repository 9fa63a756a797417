import type { LeaseWait } from '@luma-sync/store';

/**
 * For what was read without the lease of its record: a push holds that for some round trips, and to give up would mean
 * to read again.
 */
export const LEASE_WAIT: LeaseWait = { patienceMs: 15_000 };
