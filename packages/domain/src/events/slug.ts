import { toNormalForm, trimEndOf } from '../text/linear.js';

/** Luma allows 3 to 50 characters. */
const SLUG_MAX = 50;
export const SLUG_HASH_LENGTH = 8;
/** The first words are enough. A title of this length was never seen, so no address of an event changes by the cut. */
const READ_MAX = 5_000;

/**
 * The public address an event gets at Luma, the same each time for the same event: should the answer to a create be
 * lost, it tells the event that may already exist. A readable title, then the first characters of `idHash`, which keep
 * it apart from everybody else's.
 *
 * @param idHash Lower-case hex hash of our id, 8 characters or more.
 */
export function toSlug(title: string, idHash: string): string {
  const words = toNormalForm(title.slice(0, READ_MAX), 'NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-/, '');
  const readable = trimEndOf(words.slice(0, SLUG_MAX - SLUG_HASH_LENGTH - 1), '-');
  const hash = idHash.slice(0, SLUG_HASH_LENGTH);
  return readable === '' ? `event-${hash}` : `${readable}-${hash}`;
}

/** @returns the slug in a public address of Luma, in either host's spelling; null when there is none. */
export function slugOfUrl(url: string): string | null {
  const match = /^https?:\/\/(?:www\.)?(?:lu\.ma|luma\.com)\/([A-Za-z0-9._-]+)\/?(?:[?#].*)?$/.exec(url.trim());
  return match?.[1] ?? null;
}
