/**
 * A second memory of whether an account was used, outside Redis (Postgres, in our apps). It lets a first start, or a
 * start after Redis lost its data in the night, go at full speed: a process that can prove that the key was idle need
 * not wait a window.
 */
export interface BudgetMemory {
  /**
   * For how long, at least, no process has taken a slot of this account, by the memory's own clock. `Infinity`: never
   * used. Null: not known, which counts as just now.
   */
  idleForMs(account: string): Promise<number | null>;
  /**
   * Records that the account is in use. Called before a slot is handed out, at most every {@link MARK_EVERY_MS} per
   * process.
   */
  markUsed(account: string): Promise<void>;
  /**
   * Records that Redis was found to have forgotten what was spent, in one step with reading when that was recorded
   * last.
   *
   * @returns how long ago that was, by the memory's own clock. `Infinity`: never. Null: not known, which counts as just
   *   now.
   */
  noteForgotten(account: string): Promise<number | null>;
}

/** A mark may be this much older than the last use, so as much is added to the idle time asked for. */
export const MARK_EVERY_MS = 15_000;
