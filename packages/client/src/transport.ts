import { ApiError, NoAnswerError, RateLimitedError } from './errors.js';
import type { RouteName, Routes } from './routes.js';

export interface ClientOptions {
  /** Where luma-sync answers: `https://sync.example.org`. */
  baseUrl: string;
  /** `lsk_...`; keep it on the server. */
  apiKey: string;
  /** For one request, its answer included. Default 30,000. */
  timeoutMs?: number;
  /** Default: the global one. */
  fetch?: typeof fetch;
}

export interface CallOptions {
  /** Ends the wait; what was sent may still be carried out. */
  signal?: AbortSignal;
  /**
   * For a command that repeats an earlier one: the same key each time. Default for a POST: a new one each time; for a
   * PUT or PATCH: none. With one, an attempt that was given up and arrives late does not take back what was said since.
   */
  idempotencyKey?: string;
}

/** One id for each part of the path in braces. */
export type IdsOf<Name extends string> = Name extends `${string}{${string}}${infer Rest}`
  ? [id: string, ...others: IdsOf<Rest>]
  : [];

interface Conditional {
  ifMatch?: '*';
}

/** What a route takes beside the ids of its path; a body goes as JSON, a text as CSV. */
type Given<Name extends RouteName> = Omit<Routes[Name], 'answer'> & CallOptions & Conditional;

/** Sends one request to a route; the table of routes tells what goes with it and what comes back. */
export type Send = <Name extends RouteName>(
  route: Name,
  ids: IdsOf<Name>,
  ...given: object extends Given<Name> ? [given?: Given<Name>] : [given: Given<Name>]
) => Promise<Routes[Name]['answer']>;

interface Call extends CallOptions, Conditional {
  method: string;
  path: string;
  query?: object;
  body?: object | string;
}

const TIMEOUT_MS = 30_000;
/** When a 429 or 503 does not say how long. */
const RETRY_AFTER_MS = 5_000;

export function createTransport(options: ClientOptions): Send {
  const ask = options.fetch ?? fetch;
  const base = withoutSlashes(options.baseUrl);
  return async (route, ids, ...[given]) => {
    const call: Call = { ...toAddress(route, ids), ...given };
    assertKeepsItsPath(call);
    const idempotencyKey = call.idempotencyKey ?? (call.method === 'POST' ? crypto.randomUUID() : null);
    const limit = AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS);
    const signal = call.signal === undefined ? limit : AbortSignal.any([limit, call.signal]);
    let response: Response;
    let text: string;
    try {
      response = await ask(`${base}${call.path}${toQuery(call.query)}`, {
        method: call.method,
        headers: toHeaders(options.apiKey, call, idempotencyKey),
        body: toBody(call.body),
        signal,
        // A key must not be carried to wherever an answer points.
        redirect: 'error',
      });
      text = await response.text();
    } catch (cause) {
      throw new NoAnswerError(`${call.method} ${call.path} got no answer`, idempotencyKey, cause);
    }
    if (!response.ok) throw toError(response, text);
    return (text === '' ? undefined : parse(text)) as Routes[typeof route]['answer'];
  };
}

/**
 * No encoding carries these: an empty part ends the address early, dots take away the part before them, and another
 * route would answer.
 */
function assertKeepsItsPath({ method, path }: Call): void {
  const isLost = path
    .slice(1)
    .split('/')
    .some((part) => part === '' || part === '.' || part === '..');
  if (isLost) throw new TypeError(`an id in ${method} ${path} is empty, "." or "..", which no address can name`);
}

function withoutSlashes(url: string): string {
  let end = url.length;
  while (url[end - 1] === '/') end -= 1;
  return url.slice(0, end);
}

/** Every id is encoded. */
function toAddress(route: RouteName, ids: readonly string[]): Pick<Call, 'method' | 'path'> {
  const [method = '', template = ''] = route.split(' ');
  let used = 0;
  const path = template.replace(/\{\w+\}/g, () => encodeURIComponent(ids[used++] ?? ''));
  return { method, path };
}

function toHeaders(apiKey: string, { body, ifMatch }: Call, idempotencyKey: string | null): Record<string, string> {
  return {
    accept: 'application/json',
    authorization: `Bearer ${apiKey}`,
    ...(body === undefined ? {} : { 'content-type': typeof body === 'string' ? 'text/csv' : 'application/json' }),
    ...(idempotencyKey === null ? {} : { 'idempotency-key': idempotencyKey }),
    ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
  };
}

function toBody(body: Call['body']): string | null {
  if (body === undefined) return null;
  return typeof body === 'string' ? body : JSON.stringify(body);
}

function toQuery(query: object | undefined): string {
  const given = Object.entries(query ?? {}).filter(([, value]) => value !== undefined);
  if (given.length === 0) return '';
  return `?${new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)]))}`;
}

interface ProblemBody {
  code?: unknown;
  title?: unknown;
  errors?: unknown;
  details?: object;
}

function toError(response: Response, text: string): ApiError {
  const { status, headers } = response;
  // A proxy in front of luma-sync may answer with a page.
  const problem = (parse(text) ?? {}) as ProblemBody;
  const details: ConstructorParameters<typeof ApiError> = [
    status,
    typeof problem.code === 'string' ? problem.code : 'unknown',
    typeof problem.title === 'string' ? problem.title : 'the answer says no reason',
    {
      errors: Array.isArray(problem.errors) ? problem.errors : [],
      requestId: headers.get('x-request-id'),
      details: (problem.details ?? {}) as ApiError['details'],
    },
  ];
  if (status !== 429 && status !== 503) return new ApiError(...details);
  return new RateLimitedError(readRetryAfterMs(headers.get('retry-after')), ...details);
}

/** Seconds, or a date in the form that HTTP writes. `Date.parse` alone takes `-5` for the year 2001. */
function readRetryAfterMs(header: string | null): number {
  const text = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000;
  const dateMs = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(text)
    ? Date.parse(text)
    : Number.NaN;
  return Number.isFinite(dateMs) ? Math.max(0, dateMs - Date.now()) : RETRY_AFTER_MS;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
