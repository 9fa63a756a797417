import type { ErrorRequestHandler, RequestHandler } from 'express';
import type { Log } from './log.js';
import { Problem, toProblemBody } from './problem.js';
import { contextOf } from './request-context.js';
import { toProblem } from './to-problem.js';

/** Answers every error in one form. Only what is our own fault is logged as an error, with its cause. */
export function errorHandler(log: Log): ErrorRequestHandler {
  return (thrown, _req, res, _next) => {
    const { requestId, route } = contextOf(res);
    const problem = toProblem(thrown);
    const cause =
      problem.cause instanceof Error ? { name: problem.cause.name, stack: stackOf(problem.cause) } : undefined;
    if (problem.status === 500) log.error({ requestId, route, cause }, 'request failed');
    else if (problem.status > 500)
      log.warn({ requestId, route, code: problem.code, cause: cause?.name }, 'request refused');
    else log.debug({ requestId, route, code: problem.code }, 'request refused');
    if (res.headersSent) {
      res.destroy();
      return;
    }
    res.status(problem.status).set(problem.headers).type('application/problem+json');
    res.send(JSON.stringify(toProblemBody(problem, requestId)));
  };
}

export const routeUnknown: RequestHandler = () => {
  throw new Problem(404, 'route.unknown', 'there is nothing at this address');
};

/** Where it happened, without the message: a database's words may quote what was to be stored. */
function stackOf({ stack = '' }: Error): string {
  return stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 12)
    .join('\n');
}
