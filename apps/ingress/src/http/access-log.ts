import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { Histogram } from 'prom-client';
import type { Log } from './log.js';
import { contextOf } from './request-context.js';

/**
 * One line per request that says how it ended, and the same as a metric. No address, query or body: they may name
 * somebody.
 */
export function accessLog(log: Log, seconds: Histogram<'route' | 'method' | 'status'>): RequestHandler {
  return (req: Request, res: Response, next: NextFunction) => {
    const startedAt = performance.now();
    res.once('close', () => {
      const { requestId, route, apiKey } = contextOf(res);
      const durationMs = Math.round(performance.now() - startedAt);
      const status = res.writableFinished ? res.statusCode : 499;
      seconds.observe({ route, method: req.method, status }, durationMs / 1_000);
      const fields = { requestId, method: req.method, route, status, durationMs, apiKeyId: apiKey?.id };
      if (route === 'health') log.debug(fields, 'request served');
      else log.info(fields, 'request served');
    });
    next();
  };
}
