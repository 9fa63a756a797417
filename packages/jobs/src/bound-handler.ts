import type { JobContext } from './context.js';
import type { Outcome } from './outcome.js';

/** The code that runs one kind of job, its dependencies already given. */
export type BoundHandler = (payload: never, ctx: JobContext) => Promise<Outcome>;
export type HandlerRegistry = Readonly<Record<string, BoundHandler>>;
