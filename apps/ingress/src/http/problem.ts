/** Where in a request something does not fit; `path` is dotted, empty for the whole. */
export interface ProblemField {
  path: string;
  message: string;
}

/**
 * What a caller is told when a request is not carried out: answered as `application/problem+json`. `code` is stable, dotted and never renamed;
 * `docs/failure-modes.md` lists each. `title` is for people and names no person.
 */
export class Problem extends Error {
  readonly errors: readonly ProblemField[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    readonly status: number,
    readonly code: string,
    title: string,
    more: { errors?: readonly ProblemField[]; headers?: Record<string, string>; cause?: unknown } = {},
  ) {
    super(title, more.cause === undefined ? undefined : { cause: more.cause });
    this.name = 'Problem';
    this.errors = more.errors ?? [];
    this.headers = more.headers ?? {};
  }
}

export interface ProblemBody {
  type: 'about:blank';
  status: number;
  code: string;
  title: string;
  errors?: readonly ProblemField[];
  requestId?: string;
}

export function toProblemBody({ status, code, message, errors }: Problem, requestId?: string): ProblemBody {
  return {
    type: 'about:blank',
    status,
    code,
    title: message,
    ...(errors.length === 0 ? {} : { errors }),
    ...(requestId === undefined ? {} : { requestId }),
  };
}

type Known =
  | 'backfill'
  | 'backfill_question'
  | 'calendar'
  | 'coupon_pool'
  | 'delivery'
  | 'event'
  | 'operation'
  | 'rsvp';

export const notFound = (what: Known): Problem =>
  new Problem(404, `${what}.unknown`, `there is no such ${what.replace('_', ' ')}`);
  | 'conflict'
  | 'message'
  | 'person'
