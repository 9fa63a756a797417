import { createHash } from 'node:crypto';
import { SLUG_HASH_LENGTH } from '@luma-sync/domain';

/**
 * Addresses tried before giving up: each holds a hash of our id, so already a second collision is next to impossible.
 */
const SLUGS_MAX = 3;

/**
 * What the public addresses of an event of ours end with at Luma, in the order they are tried. Such an ending shows
 * whose event it is.
 */
export function slugHashesOf(eventId: string): string[] {
  return Array.from({ length: SLUGS_MAX }, (_, number) => hashOf(eventId, number).slice(0, SLUG_HASH_LENGTH));
}

function hashOf(eventId: string, number: number): string {
  return createHash('sha256')
    .update(number === 0 ? eventId : `${eventId}-${number}`)
    .digest('hex');
}
