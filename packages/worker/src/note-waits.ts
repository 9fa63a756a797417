import type { WaitNote } from '@luma-sync/jobs';
import type { BoundHandler, HandlerRegistry } from '@luma-sync/queue';

/** A shorter wait is over before anybody could read of it, and not worth a write. */
const VISIBLE_MS = 500;

export interface NoteWaitDeps {
  /** Stores in the operation's row why its run waits, and for how long. */
  note: (run: { id: string; owner: string }, wait: { reason: string; forMs: number }) => Promise<void>;
  log: { warn(fields: object, message: string): void };
}

/** The same handlers, whose waits inside a run stand in the operation: whoever looks sees why nothing happens. */
export function noteWaits(handlers: HandlerRegistry, { note, log }: NoteWaitDeps): HandlerRegistry {
  const noting =
    (handler: BoundHandler): BoundHandler =>
    (payload, ctx) => {
      const run = { id: ctx.operationId, owner: ctx.owner };
      const onWait = ({ code, forMs }: WaitNote): void => {
        if (forMs < VISIBLE_MS) return;
        // Beside the wait, never before it: a slow database must not make a run miss its turn.
        note(run, { reason: code, forMs }).catch((err: unknown) => {
          log.warn({ operationId: run.id, err }, 'a wait could not be noted');
        });
      };
      return handler(payload, { ...ctx, onWait });
    };
  return Object.fromEntries(Object.entries(handlers).map(([job, handler]) => [job, noting(handler)]));
}
