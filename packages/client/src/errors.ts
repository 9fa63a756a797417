import type { Operation } from './types.js';

/** Base of everything the client throws. */
export abstract class LumaSyncError extends Error {
  override name = 'LumaSyncError';
}

interface ApiErrorFacts {
  errors: readonly { path: string; message: string }[];
  requestId: string | null;
  details?: Readonly<Record<string, string | number | boolean | null>>;
}

/** luma-sync answered, and refused. Tell refusals apart by `code`: it is stable. */
export class ApiError extends LumaSyncError {
  override name = 'ApiError';
  /** Which fields do not fit. */
  readonly errors: ApiErrorFacts['errors'];
  /** Names the request in luma-sync's logs. */
  readonly requestId: string | null;
  /** What a program needs to go on: `recipients`, with `mail.confirmation_required`. */
  readonly details: NonNullable<ApiErrorFacts['details']>;

  constructor(
    readonly status: number,
    readonly code: string,
    title: string,
    { errors, requestId, details = {} }: ApiErrorFacts,
  ) {
    super(`${title} (${status} ${code})`);
    this.errors = errors;
    this.requestId = requestId;
    this.details = details;
  }
}

/** Too much at once, or not now: come back after `retryAfterMs`. */
export class RateLimitedError extends ApiError {
  override name = 'RateLimitedError';

  constructor(
    readonly retryAfterMs: number,
    ...rest: ConstructorParameters<typeof ApiError>
  ) {
    super(...rest);
  }
}

/**
 * No answer came: no connection, or none within the time limit. The request may have been carried out. Repeat it with
 * the same `idempotencyKey`.
 */
export class NoAnswerError extends LumaSyncError {
  override name = 'NoAnswerError';

  constructor(
    message: string,
    /** Null for a PUT, PATCH or DELETE that was given none. */
    readonly idempotencyKey: string | null,
    cause: unknown,
  ) {
    super(message, { cause });
  }
}

/** The operation ended without success. */
export class OperationFailedError extends LumaSyncError {
  override name = 'OperationFailedError';

  constructor(readonly operation: Operation) {
    super(
      `operation ${operation.id} (${operation.job}) is ${operation.state}: ` +
        `${operation.error?.code ?? 'no error noted'}`,
    );
  }
}

/** The operation has not ended within the time the caller wanted to wait. It goes on. */
export class OperationPendingError extends LumaSyncError {
  override name = 'OperationPendingError';

  constructor(readonly operation: Operation) {
    const reason = operation.waiting === null ? '' : `: waits for ${operation.waiting.reason}`;
    super(`operation ${operation.id} (${operation.job}) is still ${operation.state}${reason}`);
  }
}
