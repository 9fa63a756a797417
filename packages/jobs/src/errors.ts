/**
 * One error class per verdict. A handler throws one of these; the runner reads `verdict` and nothing else to decide
 * what happens to the operation. Codes are dotted, lower case and never renamed: `docs/failure-modes.md` lists each
 * with what to check. Messages name what was tried and with which id, and hold no personal data.
 */
export type Verdict = 'retry' | 'wait' | 'fail';

export interface JobErrorOptions {
  /** The thrown value that led here, kept for logs. */
  cause?: unknown;
}

export abstract class JobError extends Error {
  abstract readonly verdict: Verdict;

  constructor(
    /** Stable, dotted, lower case: `luma.rejected`. */
    readonly code: string,
    message: string,
    options: JobErrorOptions = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
  }
}

/** A passing trouble: connection reset, 5xx, lock or serialization failure. Backs off and uses an attempt. */
export class RetryableError extends JobError {
  readonly verdict = 'retry';
}

/**
 * A request was sent and its answer never came, so nobody knows whether it took effect. Never repeat it blindly: the
 * next run looks at what Luma (or the mail provider) has before it acts.
 */
export class OutcomeUnknownError extends RetryableError {}

/** What a wait holds up: this job only, or everything that would use the same account. */
export type WaitScope = 'job' | 'account';

/**
 * Not now: the budget is spent, the account is blocked, a lease is held. Uses no attempt; the job's deadline ends such
 * waits.
 */
export class RetryAfterError extends JobError {
  readonly verdict = 'wait';
  readonly waitMs: number;
  readonly scope: WaitScope;

  constructor(code: string, message: string, options: JobErrorOptions & { waitMs: number; scope?: WaitScope }) {
    super(code, message, options);
    this.waitMs = options.waitMs;
    this.scope = options.scope ?? 'job';
  }
}

/**
 * Trying again cannot help: 400, a payload that does not parse, a record that is gone. Ends as a dead letter at once.
 */
export class PermanentError extends JobError {
  readonly verdict = 'fail';
}

/** A field of a request that the other side names in its refusal. */
export interface RefusedField {
  /** As the request calls it, without the path within: `coordinate`. */
  name: string;
  /** With the path within: `coordinate.latitude`, `guests.0.name`. */
  path: string;
  /** The other side's own text, fit to be shown. */
  message: string;
}

/** A refusal that names fields: the request may be accepted without them. */
export class FieldsRefusedError extends PermanentError {
  constructor(
    code: string,
    message: string,
    readonly fields: readonly RefusedField[],
    options: JobErrorOptions = {},
  ) {
    super(code, message, options);
  }
}

/** The operation was interrupted on purpose (deploy, shutdown): handed back untouched, no attempt used. */
export class InterruptedError extends RetryAfterError {
  constructor(message = 'the worker is shutting down; the operation is handed back') {
    super('operation.interrupted', message, { waitMs: 0 });
  }
}

/** Turns whatever a handler threw into one of ours; what nobody classified is retried under the code `unknown`. */
export function toJobError(thrown: unknown): JobError {
  if (thrown instanceof JobError) return thrown;
  const message =
    thrown instanceof Error ? `${thrown.name} outside any known class` : 'a value that is no error was thrown';
  return new RetryableError('unknown', message, { cause: thrown });
}
