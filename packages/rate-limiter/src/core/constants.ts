import type { Priority } from '@luma-sync/jobs';

/** Classes in the order they are served. */
export const RANK: Readonly<Record<Priority, number>> = { interactive: 0, sync: 1, bulk: 2 };
export const PRIORITIES = ['interactive', 'sync', 'bulk'] as const satisfies readonly Priority[];

/**
 * After a class took a lane, the lanes left over must serve one request of a higher class each
 * `windowMs / (share * capacity)` from then on. 0: the class takes what is free. Bulk leaves nine tenths of the even
 * rate, so it runs almost evenly; sync may burst but leaves half. At 190 a minute that is a free lane every 0.35 and
 * 0.63 s. A share of 1 would make bulk wait for lanes that free a little late and waste them.
 */
export const SHARES: readonly number[] = [0, 0.5, 0.9];

/**
 * The same for a request whose promised turn has come. Held to the full share, half of all tickets would be refused at
 * their turn, because lanes free a little later than was foreseen; without any, bulk would take lanes in rows
 * (simulated: the interactive p99 under saturating bulk rises from 0.5 to 2.5 s).
 */
export const TICKET_SHARES: readonly number[] = [0, 0.35, 0.6];

/**
 * Requests in flight stretch the even rate; no more than a fifth of the lanes is taken for that, or a burst would
 * excuse itself.
 */
export const STRETCH_MAX = 0.2;

/**
 * A lane that frees this soon is given now, with its start time: one call to Redis instead of two. Also the error of
 * timers.
 */
export const LOOKAHEAD_MS = 20;

/** A ticket is dropped this long after its turn: its process died or is far too late. */
export const TICKET_GRACE_MS = 500;

/** A booking is kept this long past its time for a job that comes back through its queue. */
export const BOOKING_GRACE_MS = 5_000;

/** Answers older than this say nothing about the server's figure today. */
export const SERVER_LIMIT_TTL_MS = 600_000;

/** Spent slots are remembered at least this long, so that a window may be made longer (up to this) while running. */
export const REMEMBER_MIN_MS = 300_000;

/** Waits sent back to their queue are remembered up to this many per class; beyond that all are told one window. */
export const RETURNED_MAX = 1_000;

/** The record that a budget is known; idle accounts keep it this long. Losing it costs a slow start, nothing else. */
export const STATE_TTL_MS = 30 * 86_400_000;
