import { MINUTE_MS, SECOND_MS } from './durations.js';

/*
 * How long a request to Luma may take. The limiter keeps its slot that long, the client gives it up then, and a push
 * counts it as in flight until then: all of them have to know the same figures.
 */

/** A request waits this long for its slot, at most. */
export const SLOT_WAIT_MS = MINUTE_MS;

/** Time limit of a request, from its slot to the end of its answer. */
export const REQUEST_TIMEOUT_MS = 30 * SECOND_MS;

/** Bytes that were on the wire when the client gave up may still arrive this much later (docs/rate-limit.md). */
export const LATE_ARRIVAL_MS = SECOND_MS;
