import { RetryAfterError } from '@luma-sync/jobs';
import type { CallOptions } from './luma-api.js';
import type { GrantedSlot, SlotDenialReason, SlotGate } from './slot-gate.js';

export interface SlotSource {
  slots: SlotGate;
  account: string;
  requestTimeoutMs: number;
}

/** @throws {RetryAfterError} `limiter.*`: the budget has no slot yet. */
export async function takeSlot(
  { slots, account, requestTimeoutMs }: SlotSource,
  method: 'read' | 'write',
  what: string,
  { signal, priority, maxWaitMs, onWait }: CallOptions,
): Promise<GrantedSlot> {
  const answer = await slots.acquire({
    account,
    method,
    priority,
    requestTimeoutMs,
    maxWaitMs,
    signal,
    onWait: ({ reason, forMs }) => onWait?.({ code: toCode(reason), forMs }),
  });
  if (answer.granted) return answer.slot;
  const { reason, retryAfterMs: waitMs } = answer;
  const scope = reason === 'blocked' ? 'account' : 'job';
  throw new RetryAfterError(toCode(reason), `${what} waits for the budget (${reason})`, {
    waitMs,
    scope,
  });
}

const toCode = (reason: SlotDenialReason): string => `limiter.${reason.replace('-', '_')}`;

export const slotExpired = (what: string): RetryAfterError =>
  new RetryAfterError('limiter.slot_expired', `${what} was not sent: its slot ran out before`, { waitMs: 0 });
