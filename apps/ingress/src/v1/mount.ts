import type { Database } from '@luma-sync/store';
import express, { type RequestHandler, type Response, type Router } from 'express';
import { authenticate } from '../auth/api-key-auth.js';
import type { ApiKeyCache } from '../auth/api-key-cache.js';
import { Problem } from '../http/problem.js';
import { contextOf } from '../http/request-context.js';
import { parseBody, parseParameters } from '../http/validate.js';
import { answerOnce, answerOnceSlowly } from './idempotent.js';
import type { Answer, Route, V1Deps } from './route.js';

/** An event's description is the longest thing sent, some 50 kB. */
const JSON_MAX_BYTES = 256 * 1024;
/** A hundred thousand codes of fifty characters. */
const CSV_MAX_BYTES = 5 * 1024 * 1024;

export interface MountDeps extends V1Deps {
  db: Database;
  apiKeys: ApiKeyCache;
}

/** Serves the routes: who asks is settled before a body is read. */
export function mountRoutes(routes: readonly Route[], deps: MountDeps): Router {
  const router = express.Router({ caseSensitive: true });
  const json = express.json({ limit: JSON_MAX_BYTES, strict: false, verify: keepRawBody });
  const csv = express.raw({ limit: CSV_MAX_BYTES, type: 'text/csv', verify: keepRawBody });
  for (const spec of routes) {
    const path = spec.path.replace(/\{(\w+)\}/g, ':$1');
    router[spec.method](
      path,
      opened(spec, deps),
      expectType(spec),
      spec.takesCsv === true ? csv : json,
      served(spec, deps),
    );
  }
  return router;
}

function opened(spec: Route, { apiKeys }: MountDeps): RequestHandler {
  return async (req, res, next) => {
    const context = contextOf(res);
    context.route = spec.path;
    context.apiKey = await authenticate(apiKeys, req.get('authorization'), spec.scope);
    next();
  };
}

function expectType({ takesCsv }: Route): RequestHandler {
  const type = takesCsv === true ? 'text/csv' : 'application/json';
  return (req, _res, next) => {
    const isEmpty = req.get('content-length') === '0';
    // null: nothing was sent.
    if (!isEmpty && req.is(type) === false)
      throw new Problem(415, 'request.unsupported_type', `send the body as ${type}`);
    next();
  };
}

function served(spec: Route, deps: MountDeps): RequestHandler {
  return async (req, res) => {
    const { apiKey } = contextOf(res);
    if (apiKey === null) throw new Error('a route was served without a key');
    const request = {
      params: parseParameters(spec.params, req.params),
      query: parseParameters(spec.query, req.query),
      body: parseBody(spec.body, req.body ?? (spec.takesCsv === true ? Buffer.alloc(0) : {})),
      actor: apiKey.name,
    };
    const work = (db: Database): Promise<Answer> => spec.handle({ ...request, db }, deps);
    const key = req.get('idempotency-key');
    if (!isAnsweredOnce(spec, key)) return send(res, await work(deps.db));
    const keyed = {
      apiKeyId: apiKey.id,
      key,
      method: req.method,
      url: req.originalUrl,
      rawBody: rawBodyOf(res),
    };
    const once = spec.isSlow === true ? answerOnceSlowly : answerOnce;
    const { answer, isReplayed } = await once(deps.db, keyed, work);
    if (isReplayed) res.setHeader('idempotency-replayed', 'true');
    return send(res, answer);
  };
}

/**
 * A POST always: its work is bound to a transaction. A PUT and a PATCH when they carry a key: a repeat of theirs does no harm by itself, but an
 * attempt that was held up somewhere and arrives after a newer one would take that back.
 */
function isAnsweredOnce({ method }: Route, key: string | undefined): boolean {
  return method === 'post' || (key !== undefined && (method === 'put' || method === 'patch'));
}

function send(res: Response, { status, body, location }: Answer): void {
  res.status(status).set('cache-control', 'no-store');
  if (location !== undefined) res.location(location);
  if (status === 204) res.end();
  else res.json(body);
}

const keepRawBody = (_req: unknown, res: unknown, bytes: Buffer): void => {
  (res as Response).locals.rawBody = bytes;
};

const rawBodyOf = (res: Response): Buffer => (res.locals.rawBody as Buffer | undefined) ?? Buffer.alloc(0);
