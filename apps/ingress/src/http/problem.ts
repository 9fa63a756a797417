/** Where in a request something does not fit; `path` is dotted, empty for the whole. */
export interface ProblemField {
  path: string;
  message: string;
}

/** What a program needs to go on, beside the words. */
export type ProblemDetails = Readonly<Record<string, string | number | boolean | null>>;

/**
 * What a caller is told when a request is not carried out: answered as `application/problem+json`. `code` is stable,
 * dotted and never renamed; `docs/failure-modes.md` lists each. `title` is for people and names no person.
 */
export class Problem extends Error {
  readonly errors: readonly ProblemField[];
  readonly headers: Readonly<Record<string, string>>;
  readonly details: ProblemDetails | null;

  constructor(
    readonly status: number,
    readonly code: string,
    title: string,
    more: {
      errors?: readonly ProblemField[];
      headers?: Record<string, string>;
      cause?: unknown;
      details?: ProblemDetails;
    } = {},
  ) {
    super(title, more.cause === undefined ? undefined : { cause: more.cause });
    this.name = 'Problem';
    this.errors = more.errors ?? [];
    this.headers = more.headers ?? {};
    this.details = more.details ?? null;
  }
}

export interface ProblemBody {
  type: 'about:blank';
  status: number;
  code: string;
  title: string;
  errors?: readonly ProblemField[];
  details?: ProblemDetails;
  requestId?: string;
}

export function toProblemBody({ status, code, message, errors, details }: Problem, requestId?: string): ProblemBody {
  return {
    type: 'about:blank',
    status,
    code,
    title: message,
    ...(errors.length === 0 ? {} : { errors }),
    ...(details === null ? {} : { details }),
    ...(requestId === undefined ? {} : { requestId }),
  };
}

type Known =
  | 'api_key'
  | 'backfill'
  | 'backfill_question'
  | 'calendar'
  | 'conflict'
  | 'coupon_pool'
  | 'delivery'
  | 'event'
  | 'message'
  | 'operation'
  | 'person'
  | 'removal_question'
  | 'rsvp'
  | 'unreadable_record';

export const notFound = (what: Known): Problem =>
  new Problem(404, `${what}.unknown`, `there is no such ${what.replace('_', ' ')}`);
