import { isTokenGiven, type Metrics, type ReadinessCheck, shareReadiness } from '@luma-sync/runtime';
import express, { type Request, type Router } from 'express';
import { Problem } from '../http/problem.js';
import { contextOf } from '../http/request-context.js';

export interface HealthDeps {
  checks: Record<string, ReadinessCheck>;
  metrics: Pick<Metrics, 'render'>;
  /** Null: figures are for the machine itself. */
  metricsToken: string | null;
  /** True from the moment the process was told to end. */
  isStopping(): boolean;
}

/**
 * `/healthz`: the process runs. `/readyz`: it can take work, 503 when not; without Redis it is degraded and still takes
 * it. `/metrics`
 */
export function healthRoutes({ checks, metrics, metricsToken, isStopping }: HealthDeps): Router {
  const router = express.Router();
  const readReadiness = shareReadiness(checks);
  router.use(['/healthz', '/readyz', '/metrics'], (_req, res, next) => {
    contextOf(res).route = 'health';
    res.set('cache-control', 'no-store');
    next();
  });
  router.get('/healthz', (_req, res) => {
    res.json({ status: 'ok' });
  });
  router.get('/readyz', async (_req, res) => {
    if (isStopping()) {
      res.status(503).json({ status: 'stopping' });
      return;
    }
    const readiness = await readReadiness();
    res.status(readiness.status === 'unavailable' ? 503 : 200).json(readiness);
  });
  router.get('/metrics', async (req, res) => {
    requireReader(req, metricsToken);
    const { contentType, body } = await metrics.render();
    res.set('content-type', contentType).send(body);
  });
  return router;
}

/** A proxy on this machine comes from loopback as well, and names in one of these for whom it asks. */
const FORWARDED = ['x-forwarded-for', 'forwarded', 'x-real-ip', 'via'];
const LOOPBACK = /^(::1|(::ffff:)?127\.\d{1,3}\.\d{1,3}\.\d{1,3})$/;
/** A page whose name was made to lead to this machine makes a browser here ask, under that name. */
const OWN_NAME = /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])(:\d{1,5})?$/i;

/** Figures tell of load, calendars and errors. @throws {Problem} */
function requireReader(req: Request, token: string | null): void {
  if (token !== null) {
    if (isTokenGiven(req.get('authorization'), token)) return;
    throw new Problem(401, 'metrics.token', 'send METRICS_TOKEN as "Authorization: Bearer <token>"', {
      headers: { 'www-authenticate': 'Bearer' },
    });
  }
  const isForwarded = FORWARDED.some((name) => req.get(name) !== undefined);
  const isOfThisMachine = LOOPBACK.test(req.socket.remoteAddress ?? '') && OWN_NAME.test(req.get('host') ?? '');
  if (!isForwarded && isOfThisMachine) return;
  throw new Problem(403, 'metrics.not_local', 'set METRICS_TOKEN to read the figures from elsewhere');
}
