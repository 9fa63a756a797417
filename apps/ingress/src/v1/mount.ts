import { findBeyond } from '@luma-sync/luma-contract';
import {
  type ApiKeyRecord,
  type AuditActor,
  type Database,
  type Db,
  expandScopes,
  findWithinReach,
  type Reach,
  recordAudit,
  type Tx,
} from '@luma-sync/store';
import express, { type Request, type RequestHandler, type Response, type Router } from 'express';
import { authenticate, requireScopes } from '../auth/api-key-auth.js';
import type { ApiKeys } from '../auth/open-api-keys.js';
import { notFound, Problem } from '../http/problem.js';
import { contextOf } from '../http/request-context.js';
import { parseBody, parseParameters } from '../http/validate.js';
import { answerOnce, answerOnceSlowly } from './idempotent.js';
import type { Answer, AuditWord, Caller, Route, V1Deps } from './route.js';
import { takeBack } from './take-back.js';

/** An event's description is the longest thing sent, some 50 kB. */
const JSON_MAX_BYTES = 256 * 1024;
/**
 * The deepest body has three levels, the fullest some 600 values. A schema would list what is wrong with each of a
 * hundred thousand.
 */
const JSON_BOUNDS = { depthMax: 32, valuesMax: 5_000 };
/** A hundred thousand codes of fifty characters. */
const CSV_MAX_BYTES = 5 * 1024 * 1024;

export interface MountDeps extends V1Deps {
  db: Database;
  apiKeys: ApiKeys;
}

/** Serves the routes: who asks is settled before a body is read. */
export function mountRoutes(routes: readonly Route[], deps: MountDeps): Router {
  const router = express.Router({ caseSensitive: true });
  const json = express.json({ limit: JSON_MAX_BYTES, strict: false, verify: checkRawBody });
  const csv = express.raw({ limit: CSV_MAX_BYTES, type: 'text/csv', verify: keepRawBody });
  for (const spec of routes) {
    const path = spec.path.replace(/\{(\w+)\}/g, ':$1');
    router[spec.method](
      path,
      opened(spec, deps),
      expectType(spec),
      spec.readCsv === undefined ? json : csv,
      served(spec, deps),
    );
  }
  return router;
}

function opened(spec: Route, { apiKeys }: MountDeps): RequestHandler {
  return async (req, res, next) => {
    const context = contextOf(res);
    context.route = spec.path;
    const given = { header: req.get('authorization'), address: req.ip ?? '' };
    context.apiKey = await authenticate(apiKeys.find, given, spec.scopes);
    if (spec.isInstallationWide === true && toReach(context.apiKey) !== null) {
      throw new Problem(403, 'auth.calendar_bound', 'this key is bound to calendars, and the request concerns more');
    }
    next();
  };
}

function expectType({ readCsv }: Route): RequestHandler {
  const type = readCsv === undefined ? 'application/json' : 'text/csv';
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
    const params = parseParameters(spec.params, req.params);
    const caller = toCaller(apiKey);
    await requireReach(spec, deps.db, params, caller.reach);
    const query = parseParameters(spec.query, req.query);
    const body = await readBody(spec, req.body, { params, query, db: deps.db, caller });
    for (const { scope, when, applies } of spec.furtherScopes) if (applies?.(body) === true) caller.need(scope, when);
    const actor = toAuditActor(apiKey, req);
    const audit = (tx: Db, word: AuditWord) => keepAudit(tx, spec, { params, actor, word });
    const request = {
      params,
      query,
      body,
      actor: apiKey.name,
      mustExist: readCondition(spec, req),
      caller,
      audit,
    };
    await spec.askFirst?.({ ...request, db: deps.db }, deps);
    const work = async (db: Database | Tx): Promise<Answer> => {
      const answer = await spec.handle({ ...request, db }, deps);
      if (spec.isSlow !== true) await audit(db, answer.audit ?? {});
      return answer;
    };
    if (spec.method === 'get') return send(res, await work(deps.db));
    const keyed = {
      apiKeyId: apiKey.id,
      key: spec.method === 'delete' ? undefined : req.get('idempotency-key'),
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

async function readBody(
  { readCsv, takesBack, body: schema }: Route,
  body: unknown,
  request: { params: unknown; query: unknown; db: Database; caller: Caller },
): Promise<unknown> {
  if (readCsv !== undefined) return readCsv(Buffer.isBuffer(body) ? body : Buffer.alloc(0), request.query);
  try {
    return parseBody(schema, body ?? {});
  } catch (error) {
    const given = takesBack === undefined ? null : await takesBack.read(request);
    if (given === null || takesBack === undefined) throw error;
    return takeBack(body, given, takesBack.bodyKnowing);
  }
}

/** @throws {Problem} 404, for what the key does not reach as for what is not there. */
async function requireReach(spec: Route, db: Database, params: unknown, reach: Reach): Promise<void> {
  const { subject } = spec;
  if (subject === undefined || reach === null) return;
  const finding = await findWithinReach(db, reach, subject.kind, paramOf(params, subject.param));
  if (finding === 'within' || (finding === 'absent' && subject.mayBeAbsent === true)) return;
  throw notFound(subject.kind);
}

/** @throws {Problem} 400 for any other condition: records have no entity tags. */
function readCondition({ takesCondition }: Route, req: Request): boolean {
  const condition = takesCondition === true ? req.get('if-match') : undefined;
  if (condition === undefined || condition.trim() === '*') return condition !== undefined;
  throw new Problem(
    400,
    'request.invalid_parameter',
    'a header does not fit; `errors` says which, and what to change',
    {
      errors: [{ path: 'If-Match', message: 'may only be *' }],
    },
  );
}

const paramOf = (params: unknown, name: string): string => (params as Record<string, string>)[name] ?? '';

function toCaller(key: ApiKeyRecord): Caller {
  const held = expandScopes(key.scopes);
  return {
    can: (scope) => held.has(scope),
    need: (scope, why) => requireScopes(key, [scope], why),
    reach: toReach(key),
  };
}

const toReach = ({ calendarIds }: ApiKeyRecord): Reach => (calendarIds.length === 0 ? null : calendarIds);

const toAuditActor = ({ id, name }: ApiKeyRecord, { ip }: Request): AuditActor => ({
  name,
  kind: 'api_key',
  apiKeyId: id,
  address: ip ?? null,
});

async function keepAudit(
  tx: Db,
  { audit, subject }: Route,
  { params, actor, word }: { params: unknown; actor: AuditActor; word: AuditWord },
): Promise<void> {
  if (audit === undefined || 'none' in audit) return;
  await recordAudit(tx, actor, {
    action: audit.action,
    subjectType: audit.subjectType ?? subject?.kind ?? 'luma-sync',
    subject: subject === undefined ? 'luma-sync' : paramOf(params, subject.param),
    ...word,
  });
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

/** Runs before the body is parsed. */
const checkRawBody = (req: unknown, res: unknown, bytes: Buffer): void => {
  keepRawBody(req, res, bytes);
  const beyond = findBeyond(bytes.toString('latin1'), JSON_BOUNDS);
  if (beyond === 'too_deep')
    throw new Problem(400, 'request.malformed', `the body nests deeper than ${JSON_BOUNDS.depthMax} levels`);
  if (beyond === 'too_many')
    throw new Problem(413, 'request.too_large', `the body holds more than ${JSON_BOUNDS.valuesMax} values`);
};

const rawBodyOf = (res: Response): Buffer => (res.locals.rawBody as Buffer | undefined) ?? Buffer.alloc(0);
