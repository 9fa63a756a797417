import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import type { OperationQueue } from '@luma-sync/queue';
import express, { type RequestHandler, type Router } from 'express';
import { contextOf } from '../http/request-context.js';
import { renderPage } from '../pages/page.js';
import { PrivateBoardAdapter } from './board-adapter.js';
import { type FindOperation, operationPage } from './operation-page.js';
import { visibleJson } from './visible-json.js';

export const BOARD_PATH = '/queues';

/**
 * Bull Board over our queues. Mount it behind the operator's login.
 *
 * @param isRedisReady Asked per request: without Redis the board would wait for answers that do not come.
 * @param findOperation What a job stands for: the page behind its link.
 */
export function queueBoard(
  queues: readonly OperationQueue[],
  isRedisReady: () => boolean,
  findOperation: FindOperation,
): Router {
  const serverAdapter = new PrivateBoardAdapter();
  serverAdapter.setBasePath(BOARD_PATH);
  createBullBoard({
    queues: queues.map(
      (queue) =>
        new BullMQAdapter(queue, {
          // Postgres decides what runs: a job that is retried or removed here changes nothing, and would only seem to.
          readOnlyMode: true,
          description:
            'For looking only: jobs carry an operation’s id, and its row in Postgres decides. To run one again: ' +
            'POST /v1/operations/{id}/retry, or luma-sync operations retry.',
          externalJobUrl: ({ data }) => toOperationLink(data),
        }),
    ),
    serverAdapter,
    options: { uiConfig: { boardTitle: 'luma-sync' } },
  });
  const router = express.Router();
  router.get(`${BOARD_PATH}/operations/:id`, named, notKept, operationPage(findOperation));
  router.use(BOARD_PATH, named, notKept, visibleJson, needsRedis(isRedisReady), serverAdapter.getRouter());
  return router;
}

/** Ticks of schedules stand for no operation. */
function toOperationLink(data: unknown): { displayText: string; href: string } {
  const id = (data as { operationId?: unknown } | null)?.operationId;
  return typeof id === 'string'
    ? { displayText: `operation ${id}`, href: `${BOARD_PATH}/operations/${encodeURIComponent(id)}` }
    : { displayText: 'API', href: '/docs' };
}

const named: RequestHandler = (_req, res, next) => {
  contextOf(res).route = BOARD_PATH;
  next();
};

/** Nothing of the queues stays in a browser or a proxy after the logout. */
const notKept: RequestHandler = (_req, res, next) => {
  res.set('cache-control', 'no-store');
  next();
};

function needsRedis(isRedisReady: () => boolean): RequestHandler {
  return (req, res, next) => {
    if (isRedisReady()) return next();
    const text =
      'Redis is away, so the queues cannot be shown. Accepted work is safe in Postgres and goes on when Redis is back.';
    res.status(503).set('retry-after', '5');
    if (req.accepts(['json', 'html']) === 'html')
      return res.send(renderPage('Queues · luma-sync', `<h1>Queues</h1><p>${text}</p>`));
    return res.json({ code: 'redis.unavailable', title: text });
  };
}
