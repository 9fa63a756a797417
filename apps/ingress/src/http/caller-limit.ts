import type { RequestHandler } from 'express';
import { rateLimit } from 'express-rate-limit';
import { Problem } from './problem.js';

const WINDOW_MS = 60_000;

/**
 * Keeps one caller's address from taking all of a process. Generous: it is there for a loop that went wild, and the
 * budget towards Luma is kept elsewhere.
 */
export function callerLimit(perMinute: number): RequestHandler {
  return rateLimit({
    windowMs: WINDOW_MS,
    limit: perMinute,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    // express-rate-limit sets Retry-After before it calls this.
    handler: (_req, _res, next) =>
      next(new Problem(429, 'request.rate_limited', 'too many requests; wait as Retry-After says')),
  });
}
