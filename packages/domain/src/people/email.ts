import { createHash } from 'node:crypto';
import { domainToASCII, domainToUnicode } from 'node:url';
import { toNormalForm, trimEndOf, withoutInvisible } from '../text/linear.js';

/** Longest address that the standard knows: 64 characters, the at sign, and 255. */
const EMAIL_MAX = 320;
/** DNS allows no longer one, and Node's readers of names take quadratic time for it. */
const HOST_MAX = 253;
/** What would make it two addresses, or none, in a list of addresses. */
const LOCAL_PART = /^[^\s\p{Cc}@<>()[\]\\,;:"]+$/u;

/**
 * A mail address in the one spelling we store and compare: trimmed, lower case, the host in ASCII (`dömäin.example` is
 * `xn--dmin-moa0i.example`) and without a dot at its end. Plus addresses stay as they are. A text that is no address is
 * trimmed and put into lower case alone.
 */
export function normalizeEmail(email: string): string {
  const plain = toNormalForm(withoutInvisible(email).trim().toLowerCase(), 'NFC');
  const at = plain.lastIndexOf('@');
  if (at === -1) return plain;
  return `${plain.slice(0, at)}@${toAsciiHost(plain.slice(at + 1))}`;
}

/**
 * Every spelling in which the other side may know the address: the host in ASCII, and as people read it. The stored one
 * comes first.
 */
export function spellingsOf(email: string): string[] {
  const normal = normalizeEmail(email);
  const at = normal.lastIndexOf('@');
  const host = normal.slice(at + 1);
  const readable = at === -1 || host.length > HOST_MAX ? '' : domainToUnicode(host);
  return [...new Set([normal, ...(readable === '' ? [] : [normal.slice(0, at + 1) + readable])])];
}

/** Tells addresses apart where none is to be stored; of none as well. */
export function toAddressDigest(email: string | null): string {
  return createHash('sha256')
    .update(email ?? '')
    .digest('base64url')
    .slice(0, 22);
}

/** Whether a normalized text can be an address: whatever Luma takes and shows, not what is common. */
export function isEmail(email: string): boolean {
  const at = email.lastIndexOf('@');
  if (at === -1 || email.length > EMAIL_MAX || !LOCAL_PART.test(email.slice(0, at))) return false;
  const labels = email.slice(at + 1).split('.');
  return labels.length > 1 && labels.every((label) => /^[a-z\d_](?:[a-z\d_-]{0,61}[a-z\d_])?$/.test(label));
}

function toAsciiHost(host: string): string {
  const bare = trimEndOf(host, '.');
  if (bare.length > HOST_MAX || /^[\u0020-\u007e]*$/.test(bare)) return bare;
  const ascii = domainToASCII(bare);
  return ascii === '' ? bare : ascii;
}
