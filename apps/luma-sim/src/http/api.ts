import { createHash } from 'node:crypto';
import { LUMA_IMAGE_BASE_URL } from '@luma-sync/luma-contract';
import type { JudgedRequest } from '@luma-sync/luma-facts';
import express, { type NextFunction, type Request, type Response, Router } from 'express';
import type { BudgetDecision } from '../budget.js';
import { ApiError } from '../http-error.js';
import type { Parts } from '../parts.js';
import type { LoggedRequest } from '../request-log.js';
import type { ApiRoute } from '../routes/route.js';
import type { SimCalendar } from '../state/records.js';
import { loseAnswer, reset, sendError, sendHalf, setRetryAfter, sleep } from './broken-answers.js';

/** Largest body taken: 2,000 guests in one call are about 200 kB. */
const BODY_MAX = '2mb';

interface Arrival {
  logged: LoggedRequest;
  /** Path without the old `/public` prefix. */
  path: string;
  calendar: SimCalendar;
}

/**
 * Every call to the played API: logged and counted on arrival, then key, budget and plan, then the faults laid for it,
 * then the route. What arrives during a lock-out is refused before anything is done.
 */
export function apiRouter(parts: Parts, routes: ApiRoute[]): Router {
  const router = Router();
  const table = new Map(routes.map((route) => [`${route.method} ${route.path}`, route]));
  const arrivals = new WeakMap<Request, Arrival>();

  router.use((req: Request, res: Response, next: NextFunction) => {
    const arrival = arrive(parts, req, res);
    if (arrival === null) return;
    arrivals.set(req, arrival);
    next();
  });
  router.use(express.json({ limit: BODY_MAX, type: () => true }));
  router.use(async (req: Request, res: Response) => {
    const arrival = arrivals.get(req);
    if (arrival === undefined) return;
    if (req.method === 'POST') arrival.logged.body = req.body;
    await work(parts, table.get(`${req.method} ${arrival.path}`), arrival, req, res);
  });
  router.use((error: unknown, _req: Request, res: Response, _next: NextFunction) => refuse(res, error));
  return router;
}

/** What happens before the body is read. Null: already answered. */
function arrive(parts: Parts, req: Request, res: Response): Arrival | null {
  const { clock, log, world } = parts;
  const nowMs = clock.now();
  const key = req.get('x-luma-api-key');
  const calendar = key === undefined ? null : world.findCalendarByKey(key);
  const logged = log.open({
    arrivedAt: nowMs,
    method: req.method,
    path: req.path,
    query: req.originalUrl.split('?')[1] ?? '',
    calendarId: calendar?.id ?? null,
    keyFingerprint: key === undefined ? null : createHash('sha256').update(key).digest('hex').slice(0, 8),
    slot: readSlot(parts, req),
    status: null,
    durationMs: null,
    fault: null,
  });
  res.once('finish', () => {
    logged.status = res.statusCode;
    logged.durationMs = clock.now() - nowMs;
  });
  if (key === undefined || key === '') return refuse(res, new ApiError(400, 'Please provide an API key.'));
  if (calendar === null) return refuse(res, new ApiError(401, 'You are not signed in.'));

  const decision = parts.budgetOf(calendar.id).arrive(nowMs, req.method);
  setBudgetHeaders(parts, res, decision);
  if (!decision.isAllowed) {
    logged.fault = 'budget';
    setRetryAfter(res, world.settings.budget.retryAfter, decision.retryAfterMs, nowMs);
    return refuse(res, new ApiError(429, world.settings.texts.rateLimited));
  }
  if (!calendar.isPlanActive) return refuse(res, new ApiError(403, world.settings.texts.planInactive));
  const withoutBudget = findWayAroundBudget(parts, logged);
  if (withoutBudget !== null) return refuse(res, withoutBudget);
  return { logged, path: req.path.replace(/^\/public(?=\/)/, ''), calendar };
}

function readSlot({ world }: Parts, req: Request): string | null {
  const { requiredHeader } = world.settings.requests;
  return requiredHeader === null ? null : (req.get(requiredHeader) ?? null);
}

/**
 * A request that no slot of the client's budget stands for, where the settings ask for one. Counted, to be looked for
 * in tests.
 */
function findWayAroundBudget({ log, world }: Parts, logged: LoggedRequest): ApiError | null {
  const { requiredHeader, isHeaderUsedOnce } = world.settings.requests;
  if (requiredHeader === null) return null;
  if (logged.slot === null || logged.slot === '') {
    log.refused.withoutSlot += 1;
    return new ApiError(428, `Simulator: sent without the header ${requiredHeader}.`);
  }
  if (!isHeaderUsedOnce || !log.isSlotUsed(logged)) return null;
  log.refused.withUsedSlot += 1;
  return new ApiError(428, `Simulator: sent with a ${requiredHeader} that came before.`);
}

async function work(
  parts: Parts,
  route: ApiRoute | undefined,
  arrival: Arrival,
  req: Request,
  res: Response,
): Promise<void> {
  const { clock, world } = parts;
  const { calendar, path, logged } = arrival;
  const { delayMs, fault } = parts.faults.strike({ method: req.method, path, calendarId: calendar.id });
  logged.fault = fault?.kind ?? (delayMs > 0 ? 'delay' : null);
  if (delayMs > 0) await sleep(clock, delayMs);

  if (fault?.kind === 'reset') return reset(res);
  if (fault?.kind === 'rate-limit') {
    setRetryAfter(res, fault.retryAfter, fault.retryAfterSeconds * 1_000, clock.now());
    refuse(res, new ApiError(429, world.settings.texts.rateLimited));
    return;
  }
  if (fault?.kind === 'error' && fault.when === 'before') return sendError(res, fault, errorBody('Simulated failure.'));

  const request = {
    method: req.method,
    path,
    query: { ...req.query },
    body: req.method === 'GET' ? undefined : req.body,
  };
  const answer = parts.outside.admit(toJudged(parts, request), () => {
    if (route === undefined) throw new ApiError(404, 'Not found.');
    return route.handle({ world, calendar, query: request.query, body: req.body });
  });

  if (fault?.kind === 'lost-answer') return loseAnswer(res, fault, clock);
  if (fault?.kind === 'half-answer') return sendHalf(res, answer);
  if (fault?.kind === 'error') return sendError(res, fault, errorBody('Simulated failure.'));
  res.status(200).json(answer);
}

/** Covers on a host that the settings allow stand for covers on Luma's own. */
function toJudged({ world }: Parts, request: JudgedRequest): JudgedRequest {
  const { body } = request;
  if (typeof body !== 'object' || body === null || !('cover_url' in body)) return request;
  const { cover_url: cover } = body;
  const bases = [world.imageBaseUrl(), ...world.settings.events.imageBaseUrls];
  const base = typeof cover === 'string' ? bases.find((one) => cover.startsWith(one)) : undefined;
  if (base === undefined) return request;
  return { ...request, body: { ...body, cover_url: `${LUMA_IMAGE_BASE_URL}${String(cover).slice(base.length)}` } };
}

function setBudgetHeaders({ world }: Parts, res: Response, decision: BudgetDecision): void {
  if (!world.settings.budget.hasHeaders) return;
  res.set('x-ratelimit-limit', String(decision.limit));
  res.set('x-ratelimit-remaining', String(decision.isAllowed ? decision.remaining : 0));
  // An epoch number (seen live), seconds assumed.
  res.set('x-ratelimit-reset', String(Math.ceil(decision.resetAtMs / 1_000)));
}

const errorBody = (message: string) => ({ message, code: null });

function refuse(res: Response, error: unknown): null {
  if (res.headersSent) return null;
  if (error instanceof ApiError) res.status(error.status).json(errorBody(error.message));
  else if (isBodyError(error)) res.status(400).json(errorBody('Invalid request.\n- body: Invalid JSON'));
  // Not one of Luma's answers: a mistake in the simulator must look like one.
  else res.status(500).json(errorBody(`Simulator: ${error instanceof Error ? error.message : 'unknown error'}`));
  return null;
}

const isBodyError = (error: unknown): boolean =>
  error instanceof Error && 'type' in error && typeof error.type === 'string' && error.type.startsWith('entity.');
