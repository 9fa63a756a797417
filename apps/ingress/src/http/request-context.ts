import { randomUUID } from 'node:crypto';
import type { ApiKeyRecord } from '@luma-sync/store';
import type { NextFunction, Request, Response } from 'express';

/** What is known about a request while it is served; kept in `res.locals`. */
export interface RequestContext {
  requestId: string;
  /**
   * The path as the route declares it (`/v1/events/{externalId}`): safe for logs, where the real one may name somebody.
   */
  route: string;
  apiKey: ApiKeyRecord | null;
}

const REQUEST_ID = /^[\w.-]{1,64}$/;

/** Names the request, by the caller's own id when it is a tidy one. */
export function startContext(req: Request, res: Response, next: NextFunction): void {
  const given = req.get('x-request-id');
  const requestId = given !== undefined && REQUEST_ID.test(given) ? given : randomUUID();
  const context: RequestContext = { requestId, route: 'unknown', apiKey: null };
  res.locals.context = context;
  res.setHeader('x-request-id', requestId);
  next();
}

export function contextOf(res: Response): RequestContext {
  return res.locals.context as RequestContext;
}
