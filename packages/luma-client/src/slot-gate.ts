import type { Priority } from '@luma-sync/jobs';

/**
 * What the client needs of a request budget. It is declared here, by its user, so that the client knows no limiter; the
 * apps pass the shared one, whose shape fits as it is.
 */
export interface SlotGate {
  /** Asks for one request. Denied means: give the place back and come again after `retryAfterMs`. */
  acquire(request: SlotRequest): Promise<SlotAnswer>;
  /** Stops every process that spends this account's budget; never shortens a longer block. */
  block(account: string, forMs: number): Promise<void>;
}

export interface SlotRequest {
  /** Fingerprint of the key the request will carry, never the key. */
  account: string;
  method: 'read' | 'write';
  priority: Priority;
  /** From the grant to the moment the request is given up. */
  requestTimeoutMs: number;
  /** Longest wait inside `acquire`. */
  maxWaitMs?: number | undefined;
  /** Told before a wait inside `acquire` begins. */
  onWait?: ((wait: { reason: SlotDenialReason; forMs: number }) => void) | undefined;
  signal?: AbortSignal | undefined;
}

export type SlotDenialReason = 'budget' | 'blocked' | 'cold-start' | 'paced' | 'slow';

export type SlotAnswer =
  | { granted: true; slot: GrantedSlot }
  | { granted: false; retryAfterMs: number; reason: SlotDenialReason };

/**
 * The right to send one request. Exactly one of `settle` and `release` is called, or neither when the outcome is
 * unknown.
 */
export interface GrantedSlot {
  readonly id: string;
  /** Time left in which the request must be sent *and* be over. At 0 or below nothing may be sent any more. */
  remainingMs(): number;
  /** The answer has arrived, whatever it says. Never throws. */
  settle(answer: { status: number; headers: AnswerHeaders }): Promise<void>;
  /** Nothing was sent and nothing will be. Never throws. */
  release(): Promise<void>;
}

export type AnswerHeaders = Readonly<Record<string, string | string[] | undefined>>;
