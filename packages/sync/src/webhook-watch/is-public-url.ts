import { parseUrl } from '@luma-sync/domain';

/** Names that only machines of one's own know. */
const OWN_NAMES = /(^|\.)(localhost|local|internal|lan|home|test|invalid)$/;
/** Certificates for bare addresses are rare enough that one is taken for an address of one's own network. */
const BARE_ADDRESS = /^(\[.*\]|\d{1,3}(\.\d{1,3}){3})$/;

/** Whether Luma can reach an address, as far as its text tells: https, under a name that others know. */
export function isPublicUrl(url: string): boolean {
  const parsed = parseUrl(url);
  if (parsed === null) return false;
  const { protocol, hostname } = parsed;
  return protocol === 'https:' && hostname.includes('.') && !OWN_NAMES.test(hostname) && !BARE_ADDRESS.test(hostname);
}
