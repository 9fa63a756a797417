import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import type { OperationQueue } from '@luma-sync/queue';
import express, { type RequestHandler, type Router } from 'express';
import { contextOf } from '../http/request-context.js';
import { renderPage } from '../pages/page.js';
import { PrivateBoardAdapter } from './board-adapter.js';
import { visibleJson } from './visible-json.js';

export const BOARD_PATH = '/queues';

/**
 * Bull Board over our queues. Mount it behind the operator's login.
 *
 * @param isRedisReady Asked per request: without Redis the board would wait for answers that do not come.
 */
export function queueBoard(queues: readonly OperationQueue[], isRedisReady: () => boolean): Router {
  const serverAdapter = new PrivateBoardAdapter();
  serverAdapter.setBasePath(BOARD_PATH);
  createBullBoard({
    queues: queues.map(
      (queue) =>
        new BullMQAdapter(queue, { description: 'jobs carry an operation’s id; its row in Postgres has the rest' }),
    ),
    serverAdapter,
    options: { uiConfig: { boardTitle: 'luma-sync' } },
  });
  const router = express.Router();
  router.use(BOARD_PATH, named, notKept, visibleJson, needsRedis(isRedisReady), serverAdapter.getRouter());
  return router;
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
