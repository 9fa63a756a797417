import { PermanentError } from '@luma-sync/jobs';

/** Longer ones are nobody's address. */
const URL_LENGTH_MAX = 2_048;

/**
 * What can be told from the address alone. Where it leads is checked when the host's name is resolved.
 *
 * @throws {PermanentError} `url.refused`
 */
export function checkUrl(address: string, base?: URL): URL {
  if (address.length > URL_LENGTH_MAX) throw refused(`it is longer than ${URL_LENGTH_MAX} characters`);
  const url = parse(address, base);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw refused('only http and https are fetched');
  if (base?.protocol === 'https:' && url.protocol === 'http:') throw refused('a redirect leads from https to http');
  if (url.username !== '' || url.password !== '') throw refused('it carries a user name or password');
  return url;
}

function parse(address: string, base?: URL): URL {
  try {
    return new URL(address, base);
  } catch {
    throw refused('it is not a URL');
  }
}

/** Never quotes the address: it may hold a secret. */
export function refused(why: string): PermanentError {
  return new PermanentError('url.refused', `the address was not fetched: ${why}`);
}
