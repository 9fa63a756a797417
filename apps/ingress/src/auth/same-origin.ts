import { parseUrl } from '@luma-sync/domain';
import type { RequestHandler } from 'express';
import { Problem } from '../http/problem.js';

/** Methods that change nothing need no guard. */
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses a change that a page of another site makes the operator's browser send. The cookie is SameSite=Strict
 * already; this holds where a browser or a neighbouring subdomain gets around that.
 */
export function sameOriginOnly(publicUrl: string): RequestHandler {
  const own = new URL(publicUrl).host;
  return (req, _res, next) => {
    if (!SAFE.has(req.method) && !isSameOrigin(req.get('sec-fetch-site'), req.get('origin'), [own, req.get('host')])) {
      throw new Problem(403, 'auth.foreign_origin', 'this request came from a page of another site');
    }
    next();
  };
}

/** Browsers send one of the two headers with every change; what is no browser sends neither and is no danger here. */
export function isSameOrigin(
  site: string | undefined,
  origin: string | undefined,
  hosts: readonly (string | undefined)[],
): boolean {
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  if (origin === undefined) return true;
  const parsed = parseUrl(origin);
  return parsed !== null && hosts.includes(parsed.host);
}
