import type { Request, RequestHandler } from 'express';
import { ipKeyGenerator, type Options, rateLimit } from 'express-rate-limit';

/** Ten wrong passwords in a quarter of an hour are no typing mistakes any more. */
const TRIES_OF_ONE = 10;
/**
 * Of all callers together: a caller that can name another address with each try (a proxy is believed that is not there,
 * a network of many machines) gets no more guesses than that.
 */
const TRIES_OF_ALL = 100;
const WINDOW_MS = 15 * 60_000;

/**
 * Counts wrong passwords of one caller and of all together. A browser that was let in before is a caller of its own,
 * whatever its address: the others cannot lock the operator out.
 *
 * @param deviceOf Names the browser; null for one that was never let in.
 */
export function loginThrottle(
  deviceOf: (req: Request) => string | null,
  refuse: NonNullable<Options['handler']>,
): RequestHandler[] {
  const common = {
    windowMs: WINDOW_MS,
    skipSuccessfulRequests: true,
    standardHeaders: 'draft-8' as const,
    legacyHeaders: false,
    handler: refuse,
  };
  return [
    rateLimit({
      ...common,
      limit: TRIES_OF_ONE,
      keyGenerator: (req) => {
        const device = deviceOf(req);
        return device === null ? ipKeyGenerator(req.ip ?? '') : `device ${device}`;
      },
    }),
    rateLimit({
      ...common,
      limit: TRIES_OF_ALL,
      keyGenerator: () => 'operator',
      skip: (req) => deviceOf(req) !== null,
    }),
  ];
}
