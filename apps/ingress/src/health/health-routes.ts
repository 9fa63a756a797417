import { checkReadiness, type Metrics, type ReadinessCheck } from '@luma-sync/runtime';
import express, { type Router } from 'express';
import { contextOf } from '../http/request-context.js';

export interface HealthDeps {
  checks: Record<string, ReadinessCheck>;
  metrics: Pick<Metrics, 'render'>;
  /** True from the moment the process was told to end. */
  isStopping(): boolean;
}

/** `/healthz`: the process runs. `/readyz`: it can take work, 503 when not; without Redis it is degraded and still takes it. `/metrics` */
export function healthRoutes({ checks, metrics, isStopping }: HealthDeps): Router {
  const router = express.Router();
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
    const readiness = await checkReadiness(checks);
    res.status(readiness.status === 'unavailable' ? 503 : 200).json(readiness);
  });
  router.get('/metrics', async (_req, res) => {
    const { contentType, body } = await metrics.render();
    res.set('content-type', contentType).send(body);
  });
  return router;
}
