import type { Request, RequestHandler } from 'express';

/** As much as anything that is really sent to us without a key has, three times over. */
const SMALL_BYTES = 64 * 1024;
/** What all larger ones may hold together: some thirty of the largest. */
const LARGE_BYTES_MAX = 32 * 1024 * 1024;

/**
 * Bounds what the bodies of unauthenticated callers hold in memory before they can be judged. A small body always has
 * room; larger ones, and those that do not say how long they are, share some. A caller may send half of a body and
 * wait, with as many sockets as they like.
 *
 * @param bodyMaxBytes What a body of this route may have; one of unknown length counts as that.
 * @param refuse       Answers a request for which there is no room. Its body is not read.
 */
export function largeBodies(
  bodyMaxBytes: number,
  refuse: RequestHandler,
  { smallBytes = SMALL_BYTES, largeBytesMax = LARGE_BYTES_MAX } = {},
): RequestHandler {
  let heldBytes = 0;
  return (req, res, next) => {
    const bytes = lengthOf(req, bodyMaxBytes);
    if (bytes <= smallBytes) return next();
    if (heldBytes + bytes > largeBytesMax) {
      // What is left of the body must not be read as the next request.
      res.set('connection', 'close');
      return refuse(req, res, next);
    }
    heldBytes += bytes;
    res.once('close', () => {
      heldBytes -= bytes;
    });
    return next();
  };
}

function lengthOf(req: Request, bodyMaxBytes: number): number {
  const declared = req.get('content-length');
  if (declared !== undefined) return Math.min(Number(declared), bodyMaxBytes);
  return req.get('transfer-encoding') === undefined ? 0 : bodyMaxBytes;
}
