import type { BudgetWindow, RequestMethod } from './budget.js';

/**
 * The operations of a budget, each atomic and by one clock. Two engines implement them: Lua on Redis, and memory for
 * tests and for a single process; one conformance suite holds for both.
 */
export interface BudgetEngine {
  take(call: TakeCall): Promise<TakeAnswer>;
  /**
   * Takes it upon itself to open a budget that is unknown; until then, and for `forMs` at most, everybody else is
   * answered `opening`. What is read elsewhere after this is newer than anything that was forgotten.
   *
   * @param claim Not used before, by anybody.
   * @returns false when it is known, or another is at it.
   */
  claim(account: string, claim: string, forMs: number): Promise<boolean>;
  /**
   * Starts to remember a budget that is unknown: nothing may be spent for `stillMs` (default 0), then only the headroom
   * until `coldMs` are over. Nothing if it is known already, or if the claim is given and does not stand any more.
   */
  open(account: string, coldMs: number, stillMs?: number, claim?: string | null): Promise<void>;
  /** Whether a slot is remembered: one that is not may be given to somebody else. */
  holds(account: string, slotId: string): Promise<boolean>;
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
  /** Nothing is remembered of this budget: `claim` and `open` it first. */
  | { kind: 'unknown' }
  /** As unknown, and another is about to open it. */
  | { kind: 'opening' };

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
