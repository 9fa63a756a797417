import { normalizeEmail } from '@luma-sync/domain';
import type { OddRecord } from '@luma-sync/luma-contract';

/**
 * Guests whom a list shows and nobody can read: as far as they can be told, nothing is concluded from their absence
 * among those that were read.
 */
export interface ShownUnread {
  lumaGuestIds: string[];
  /** As stored: `normalizeEmail`. */
  emails: string[];
}

/**
 * Who the unread entries of a list are. One that shows neither an id nor an address may be anybody: it holds nobody
 * back, since a guest is taken for gone only after a read of that very guest.
 */
export function toShown(odd: readonly OddRecord[]): ShownUnread {
  const unread = odd.filter(({ isRead }) => !isRead);
  return {
    lumaGuestIds: unread.flatMap(({ identity: { id } }) => id ?? []),
    emails: unread.flatMap(({ identity: { email } }) => (email === null ? [] : [normalizeEmail(email)])),
  };
}
