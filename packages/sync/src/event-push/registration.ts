import type { EventChanges } from '@luma-sync/luma-client';
import type { SyncEvent } from '@luma-sync/store';

/** A softly cancelled event takes no registrations; one that came back takes them again. Otherwise they are a host's affair at Luma. */
export function toRegistrationChange({
  approval,
  cancelMode,
}: Pick<SyncEvent, 'approval' | 'cancelMode'>): Pick<EventChanges, 'registration_open'> {
  if (cancelMode !== 'soft') return {};
  return { registration_open: approval !== 'cancelled' };
}
