import { WEBHOOK_ID_HEADER, WEBHOOK_SIGNATURE_HEADER } from '@luma-sync/luma-contract';
import express, { type Router } from 'express';
import type { Counter } from 'prom-client';
import { largeBodies } from '../http/large-bodies.js';
import type { Log } from '../http/log.js';
import { contextOf } from '../http/request-context.js';
import { type ReceiveDeps, receiveWebhook } from './receive-webhook.js';
import { toAnswer } from './to-answer.js';

/** Luma's largest payloads are some 20 KiB; a larger body is not from Luma. */
const BODY_MAX_BYTES = 1024 * 1024;

export interface WebhookRouteDeps extends ReceiveDeps {
  /** Tells a database that is away from one that refuses. */
  isUnavailable(error: unknown): boolean;
  log: Log;
  received: Counter<'outcome'>;
}

const PATH = '/webhooks/luma/:calendarKey';

/** `POST /webhooks/luma/:calendarKey`: the id of a calendar, or its name. */
export function webhookRoute(deps: WebhookRouteDeps): Router {
  const router = express.Router();
  // Any content type, and as it came: the signature is over these very bytes.
  const rawBody = express.raw({ type: () => true, limit: BODY_MAX_BYTES, inflate: false });
  const bounded = largeBodies(BODY_MAX_BYTES, (_req, res) => {
    deps.received.inc({ outcome: 'unavailable' });
    deps.log.warn({ requestId: contextOf(res).requestId }, 'webhook not taken: too many large bodies are held');
    const { status, body } = toAnswer({ kind: 'unavailable', cause: 'no-room' });
    res.status(status).json(body);
  });
  router.post(PATH, bounded);
  router.post(PATH, rawBody, async (req, res) => {
    const context = contextOf(res);
    context.route = '/webhooks/luma/{calendarKey}';
    const outcome = await receiveWebhook(
      {
        calendarKey: req.params.calendarKey,
        rawBody: Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0),
        signature: req.get(WEBHOOK_SIGNATURE_HEADER),
        webhookId: req.get(WEBHOOK_ID_HEADER),
      },
      deps,
    );
    deps.received.inc({ outcome: outcome.kind });
    if (outcome.kind === 'unavailable') {
      logUnavailable(deps, context.requestId, outcome.cause);
    } else if (outcome.kind === 'unverified' || outcome.kind === 'malformed') {
      deps.log.info({ requestId: context.requestId, outcome: outcome.kind, reason: outcome.reason }, 'webhook refused');
    }
    const { status, body } = toAnswer(outcome);
    res.status(status).json(body);
  });
  return router;
}

function logUnavailable({ log, isUnavailable }: WebhookRouteDeps, requestId: string, cause: unknown): void {
  const name = cause instanceof Error ? cause.name : String(cause);
  if (cause === 'timeout' || isUnavailable(cause))
    log.warn({ requestId, cause: name }, 'webhook not taken: the database is away');
  else log.error({ requestId, cause: name }, 'webhook not taken: it could not be stored');
}
