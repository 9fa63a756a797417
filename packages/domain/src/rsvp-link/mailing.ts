import type { RsvpStatus } from '../rsvps/status.js';
import type { RsvpLink } from './rsvp-link.js';

/**
 * Whether Luma mails the guest about a change of the event. Luma does not document whether an invited guest gets it.
 */
export const isToldOfChanges = (link: RsvpLink | null): boolean =>
  link !== null && link.lumaGuestId !== null && link.state !== 'removed' && link.base?.luma !== 'declined';

/**
 * Whether the answer would be sent for the first time because of another person's command: when an event is approved,
 * say. Also of a guest whose earlier answer is in flight.
 */
export function isFirstSending(
  rsvp: { status: RsvpStatus; revision: number; email: string | null },
  link: RsvpLink | null,
): boolean {
  const { status, revision, email } = rsvp;
  if (status === 'interested' || (link !== null && link.state !== 'pending_push')) return false;
  if (link !== null && (link.askedRevision >= revision || link.ownAnswerRevision >= revision)) return false;
  // There is nobody at Luma to decline.
  return link?.lumaGuestId != null || (email !== null && status !== 'rejected' && status !== 'cancelled');
}
