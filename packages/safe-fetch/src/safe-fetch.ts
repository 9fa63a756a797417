import { InterruptedError, JobError, PermanentError, RetryableError } from '@luma-sync/jobs';
import got, { type Response } from 'got';
import { RequestFilteringHttpAgent, RequestFilteringHttpsAgent } from 'request-filtering-agent';
import { checkUrl, refused } from './check-url.js';
import { readBounded } from './read-bounded.js';

export interface FetchSettings {
  /** `luma-sync/0.1` */
  userAgent: string;
  /**
   * Hosts (`name` or `name:port`) that are fetched wherever they lead: for tests, and for a host on one's own network.
   */
  allowHosts: readonly string[];
  /** For all redirects and the body together. */
  timeoutMs: number;
}

export interface FetchRequest {
  bytesMax: number;
  /** `image/*` */
  accept: string;
  signal: AbortSignal;
}

export interface Fetched {
  bytes: Uint8Array;
  /** As the host says, without parameters; not to be believed. Null when it says nothing. */
  contentType: string | null;
}

/**
 * Fetches an address that a user gave.
 *
 * @throws {PermanentError} `url.refused` (not http or https, credentials in it, or it leads to a private, loopback or
 *   link-local address), `url.too_large`, `url.not_found` (the host answers with a 4xx).
 * @throws {RetryableError} `url.unavailable`: no connection, 408, 429, 5xx, or out of time.
 */
export type FetchPublic = (address: string, request: FetchRequest) => Promise<Fetched>;

const REDIRECTS_MAX = 3;
const REDIRECT_STATUSES = new Set([301, 302, 303, 307, 308]);
const PASSING_STATUSES = new Set([408, 425, 429]);

/**
 * Every name is resolved by the connection itself and each of its addresses judged there: no second look-up could
 * answer otherwise.
 */
const PUBLIC_ONLY = { http: new RequestFilteringHttpAgent(), https: new RequestFilteringHttpsAgent() };

export function openSafeFetch({ userAgent, allowHosts, timeoutMs }: FetchSettings): FetchPublic {
  const allowed = new Set(allowHosts);
  const isAllowed = (url: URL): boolean => allowed.has(url.hostname) || allowed.has(url.host);

  return async (address, { bytesMax, accept, signal }) => {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    let url = checkUrl(address);
    for (let hop = 0; hop <= REDIRECTS_MAX; hop += 1) {
      const answer = await visit(url);
      if (answer.kind === 'body') return answer.fetched;
      url = checkUrl(answer.location, url);
    }
    throw refused(`it redirects more than ${REDIRECTS_MAX} times`);

    async function visit(
      at: URL,
    ): Promise<{ kind: 'body'; fetched: Fetched } | { kind: 'redirect'; location: string }> {
      const stream = got.stream(at, {
        headers: { accept, 'user-agent': userAgent },
        retry: { limit: 0 },
        followRedirect: false,
        throwHttpErrors: false,
        signal: limit,
        ...(isAllowed(at) ? {} : { agent: PUBLIC_ONLY }),
      });
      try {
        const head = await new Promise<Response>((resolve, reject) => {
          stream.once('response', resolve).once('error', reject);
        });
        const { location } = head.headers;
        if (REDIRECT_STATUSES.has(head.statusCode) && location !== undefined) return { kind: 'redirect', location };
        assertSuccess(head.statusCode);
        const bytes = await readBounded(stream, bytesMax);
        if (bytes === null) throw new PermanentError('url.too_large', `more than ${bytesMax} bytes`);
        return { kind: 'body', fetched: { bytes, contentType: toContentType(head.headers['content-type']) } };
      } catch (thrown) {
        throw toFetchError(thrown, signal);
      } finally {
        stream.destroy();
      }
    }
  };
}

function assertSuccess(status: number): void {
  if (status >= 200 && status < 300) return;
  if (status >= 500 || PASSING_STATUSES.has(status))
    throw new RetryableError('url.unavailable', `the host answered ${status}`);
  throw new PermanentError('url.not_found', `the host answered ${status}`);
}

function toContentType(header: string | undefined): string | null {
  const type = header?.split(';')[0]?.trim().toLowerCase();
  return type === undefined || type === '' ? null : type;
}

function toFetchError(thrown: unknown, signal: AbortSignal): JobError {
  if (thrown instanceof JobError) return thrown;
  if (signal.aborted) return new InterruptedError();
  // The agent has no class or code for its refusals; its words are the only sign.
  const cause = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : thrown;
  const words = cause instanceof Error ? cause.message : '';
  if (/is not allowed\. Because/.test(words)) return refused('it leads to an address that is not public');
  return new RetryableError('url.unavailable', 'the host could not be reached, or did not answer in time');
}
