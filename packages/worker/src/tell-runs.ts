import { findDefinition, type JobContext, type JobError, type Outcome, type RequestNote } from '@luma-sync/jobs';
import type { BoundHandler, HandlerRegistry } from '@luma-sync/queue';
import type { RunEnding } from '@luma-sync/timeline';

/** A longer list helps nobody; the rest is counted. */
const REQUESTS_LISTED = 50;

export interface ToldRun {
  operationId: string;
  ending: RunEnding;
  requests: readonly RequestNote[];
  /** Requests made beyond those listed. */
  requestsMore: number;
}

export interface TellDeps {
  classify: (thrown: unknown) => JobError;
  /** Writes one run into the story of its record. */
  tell: (run: ToldRun) => Promise<void>;
  log: { warn(fields: object, message: string): void };
}

/** The same handlers, each of whose runs is told in the timeline: how it ended, why, and what it asked of Luma. */
export function tellRuns(handlers: HandlerRegistry, deps: TellDeps): HandlerRegistry {
  return Object.fromEntries(Object.entries(handlers).map(([job, handler]) => [job, told(job, handler, deps)]));
}

function told(job: string, handler: BoundHandler, { classify, tell, log }: TellDeps): BoundHandler {
  return async (payload, ctx) => {
    const requests: RequestNote[] = [];
    let requestsMore = 0;
    const onRequest = (request: RequestNote): void => {
      if (requests.length < REQUESTS_LISTED) requests.push(request);
      else requestsMore += 1;
    };
    const note = async (ending: RunEnding): Promise<void> => {
      // The story must not decide how a run ends.
      await tell({ operationId: ctx.operationId, ending, requests, requestsMore }).catch((err: unknown) => {
        log.warn({ operationId: ctx.operationId, job, err }, 'a run could not be told in the timeline');
      });
    };
    let outcome: Outcome;
    try {
      outcome = await handler(payload, { ...ctx, onRequest });
    } catch (thrown) {
      await note(ctx.signal.aborted ? { kind: 'interrupted' } : toEnding(job, classify(thrown), ctx));
      throw thrown;
    }
    const { kind, details } = outcome;
    await note(kind === 'done' ? { kind, details } : { kind, reason: outcome.reason });
    return outcome;
  };
}

/** What the runner will make of the error; the operation's deadline alone may make it something else, which its own ending then tells. */
function toEnding(job: string, error: JobError, ctx: JobContext): RunEnding {
  const { code, message } = error;
  if (error.verdict === 'wait') {
    const waitMs = 'waitMs' in error && typeof error.waitMs === 'number' ? error.waitMs : 0;
    return { kind: 'waiting', code, message, until: new Date(ctx.now().getTime() + waitMs).toISOString() };
  }
  const definition = findDefinition(job);
  // What reconciles state is parked after its last attempt, which its ledger then tells.
  const isLast =
    error.verdict === 'fail' || (definition?.reconciles !== true && ctx.attempt >= (definition?.attempts ?? 1));
  return { kind: isLast ? 'failed' : 'retry', code, message, attempt: ctx.attempt };
}
