import type { RegistrationRefusal } from '@luma-sync/domain';
import { PermanentError } from '@luma-sync/jobs';
import type { EventChanges } from '@luma-sync/luma-client';
import type { SyncEvent, SyncEventLink } from '@luma-sync/store';
import { toRefusal } from '../event/refusals.js';

/**
 * A softly cancelled event takes no registrations; one that came back takes them again. Otherwise they are a host's
 * affair at Luma.
 */
function toRegistrationChange({
  approval,
  cancelMode,
}: Pick<SyncEvent, 'approval' | 'cancelMode'>): Pick<EventChanges, 'registration_open'> {
  if (cancelMode !== 'soft') return {};
  return { registration_open: approval !== 'cancelled' };
}

/** What a push does about registration. */
export interface RegistrationPlan {
  /** Travels with the fields of an update. */
  change: Pick<EventChanges, 'registration_open'>;
  /** Luma refused it, and it is to be tried once more: it is sent though no field differs. */
  isDue: boolean;
  /** Luma refused just this: it is not sent until it changes, or a person asks for a push. */
  isRefused: boolean;
}

export function planRegistration(event: SyncEvent, link: SyncEventLink | null): RegistrationPlan {
  const change = toRegistrationChange(event);
  const refusal = link?.registrationRefused ?? null;
  const isRefused = refusal !== null && refusal.value !== null && refusal.value === change.registration_open;
  const isDue = refusal !== null && !isRefused && change.registration_open !== undefined;
  return { change: isRefused ? {} : change, isDue, isRefused };
}

/** Opens or closes registration along with an update; a refusal of it costs one more request, not the update. */
export function withoutRegistrationIfRefused({ change: planned, isRefused }: RegistrationPlan) {
  let change = planned;
  let refusal: RegistrationRefusal | null = null;
  return {
    /** Undefined: it was left out, so what is known of it stays. */
    refusal: () => (isRefused ? undefined : refusal),
    send: async (request: (sent: typeof change) => Promise<void>): Promise<void> => {
      try {
        await request(change);
      } catch (error) {
        const message = findRegistrationRefusal(error, change);
        if (message === null) throw error;
        refusal = { value: change.registration_open ?? null, message };
        change = {};
        await request(change);
      }
    },
  };
}

/** Luma's words, if a refusal names `registration_open` and it was sent; else null. */
function findRegistrationRefusal(error: unknown, sent: Pick<EventChanges, 'registration_open'>): string | null {
  if (sent.registration_open === undefined) return null;
  if (!(error instanceof PermanentError) || error.code !== 'luma.rejected') return null;
  return toRefusal(error, 'registration_open');
}
