import type { BudgetWindow, RequestMethod } from './budget.js';

/**
 * The operations of a budget, each atomic and by one clock. Two engines implement them: Lua on Redis, and memory for tests and for a
 * single process; one conformance suite holds for both.
 */
export interface BudgetEngine {
  take(call: TakeCall): Promise<TakeAnswer>;
  /** Starts to remember a budget that is unknown; for `coldMs` only the headroom may be spent. Nothing if it is known already. */
  open(account: string, coldMs: number): Promise<void>;
  /** The answer has come: the slot ages from now. */
  settle(call: SettleCall): Promise<void>;
  /** Takes a slot back that was never used. */
  release(account: string, slotId: string): Promise<void>;
  block(account: string, forMs: number): Promise<void>;
  inspect(account: string, windows: readonly BudgetWindow[]): Promise<BudgetFacts>;
}

export interface TakeCall {
  account: string;
  windows: readonly BudgetWindow[];
  method: RequestMethod;
  /** 0 is served first; see `RANK`. */
  rank: number;
  /** How long the slot is held at least when no answer comes. */
  holdMs: number;
  maxWaitMs: number;
  /** From an earlier answer `turn`; its turn has come. */
  ticket: string | null;
}

export type TakeAnswer =
  | { kind: 'granted'; slotId: string; startInMs: number }
  /** Come again with the ticket, in so many milliseconds. */
  | { kind: 'turn'; ticket: string; inMs: number; reason: WaitReason }
  | { kind: 'denied'; retryAfterMs: number; reason: WaitReason }
  /** Nothing is remembered of this budget: `open` it first. */
  | { kind: 'unknown' };

export type WaitReason = 'budget' | 'paced' | 'blocked' | 'cold-start';

export interface SettleCall {
  account: string;
  slotId: string;
  window: BudgetWindow;
  /** What the server's headers said, when they did. */
  serverLimit: number | null;
  serverRemaining: number | null;
}

export interface BudgetFacts {
  isKnown: boolean;
  blockedForMs: number;
  coldForMs: number;
  windows: { capacity: number; spent: number; inFlight: number }[];
  /** By rank. */
  waiting: number[];
}
