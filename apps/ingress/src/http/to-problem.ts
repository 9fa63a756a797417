import { isStoreUnavailable, isStoreUnmigrated, SecretError } from '@luma-sync/store';
import { Problem } from './problem.js';

/** What Express and its body parsers throw: an error with a status and a type of their own. */
interface HttpError {
  status?: unknown;
  type?: unknown;
}

/** Turns whatever a handler threw into what the caller is told. Nothing of an unknown error reaches the caller. */
export function toProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  if (isStoreUnavailable(thrown)) {
    return new Problem(503, 'store.unavailable', 'the database does not answer; send the same request again', {
      headers: { 'retry-after': '5' },
      cause: thrown,
    });
  }
  if (isStoreUnmigrated(thrown)) {
    return new Problem(503, 'store.unmigrated', 'the database is not ready for this version; nothing was stored', {
      headers: { 'retry-after': '30' },
      cause: thrown,
    });
  }
  if (thrown instanceof SecretError) {
    const title = `${thrown.message}; or enter the calendar’s key and webhook secret anew`;
    return new Problem(500, 'secret.unreadable', title, { cause: thrown });
  }
  return fromHttpError(thrown) ?? new Problem(500, 'internal', 'something went wrong here', { cause: thrown });
}

function fromHttpError(thrown: unknown): Problem | null {
  const { status, type } = (typeof thrown === 'object' && thrown !== null ? thrown : {}) as HttpError;
  switch (type) {
    case 'entity.parse.failed':
      return new Problem(400, 'request.malformed', 'the body is not JSON');
    case 'entity.too.large':
      return new Problem(413, 'request.too_large', 'the body is larger than this route takes');
    case 'encoding.unsupported':
    case 'charset.unsupported':
      return new Problem(415, 'request.unsupported_type', 'the encoding of the body is not supported');
  }
  // A path that cannot be decoded, a connection that closed half-way, a length that is a lie.
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return new Problem(400, 'request.malformed', 'the request could not be read');
  }
  return null;
}
