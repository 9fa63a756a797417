import { PermanentError } from '@luma-sync/jobs';
import type { EventChanges } from '@luma-sync/luma-client';
import type { SyncEvent } from '@luma-sync/store';
import { toRefusal } from '../event/refusals.js';

/** A softly cancelled event takes no registrations; one that came back takes them again. Otherwise they are a host's affair at Luma. */
export function toRegistrationChange({
  approval,
  cancelMode,
}: Pick<SyncEvent, 'approval' | 'cancelMode'>): Pick<EventChanges, 'registration_open'> {
  if (cancelMode !== 'soft') return {};
  return { registration_open: approval !== 'cancelled' };
}

/** Luma's words, if a refusal names `registration_open` and it was sent; else null. */
export function findRegistrationRefusal(error: unknown, sent: Pick<EventChanges, 'registration_open'>): string | null {
  if (sent.registration_open === undefined) return null;
  if (!(error instanceof PermanentError) || error.code !== 'luma.rejected') return null;
  return toRefusal(error, 'registration_open');
}
