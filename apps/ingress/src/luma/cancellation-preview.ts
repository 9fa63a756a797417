import { PermanentError } from '@luma-sync/jobs';
import type { KeyClientDeps } from '@luma-sync/luma-access';
import type { CalendarAccess } from '@luma-sync/store';
import { callLumaForRequest, type LumaAnswer } from './call-luma.js';

/** What Luma would do if the event were cancelled there. */
export interface CancellationPreview {
  /** Guests it would mail. */
  guests: number;
  /** Whether somebody paid, so that a refund has to be decided. */
  isPaid: boolean;
}

export type PreviewCancellation = (
  access: CalendarAccess,
  lumaEventId: string,
) => Promise<LumaAnswer<CancellationPreview>>;

/** Asks Luma what its cancellation would do. Changes nothing: the token that comes with the answer is thrown away. */
export function createCancellationPreview(deps: KeyClientDeps): PreviewCancellation {
  return (access, lumaEventId) =>
    callLumaForRequest(deps, access, async (luma, call) => {
      const { guest_count: guests, is_paid: isPaid } = await luma.requestCancellation(lumaEventId, call);
      if (guests === undefined)
        throw new PermanentError('luma.unexpected_answer', 'Luma did not say how many guests it would mail');
      // Silence is no promise that nobody paid.
      return { guests, isPaid: isPaid !== false };
    });
}
