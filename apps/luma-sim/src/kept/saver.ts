/** Changes within this time are saved together. */
const SAVE_INTERVAL_MS = 250;
/** A save may take this share of the time at most: a large state is saved less often. */
const SAVE_SHARE = 0.05;

/** Saves a state some time after it changed, one save at a time, and a last time at the end. */
export class Saver {
  readonly #save: () => Promise<void>;
  readonly #report: (error: unknown) => void;
  #timer: NodeJS.Timeout | null = null;
  #saving: Promise<void> = Promise.resolve();
  #isChanged = false;
  #isFailing = false;
  #isClosed = false;
  #intervalMs = SAVE_INTERVAL_MS;

  /** @param report is given the first error of a row of failed saves. The next change tries again. */
  constructor(save: () => Promise<void>, report: (error: unknown) => void) {
    this.#save = save;
    this.#report = report;
  }

  noteChange(): void {
    this.#isChanged = true;
    if (this.#isClosed) return;
    this.#timer ??= setTimeout(() => this.#start(), this.#intervalMs);
  }

  /** Waits for the save in flight and saves once more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#saving;
    await this.#saveOnce();
  }

  #start(): void {
    this.#saving = this.#saveOnce().then(() => {
      this.#timer = null;
      if (this.#isChanged) this.noteChange();
    });
  }

  async #saveOnce(): Promise<void> {
    this.#isChanged = false;
    const startedAt = performance.now();
    try {
      await this.#save();
      this.#isFailing = false;
    } catch (error) {
      if (!this.#isFailing) this.#report(error);
      this.#isFailing = true;
    }
    this.#intervalMs = Math.max(SAVE_INTERVAL_MS, (performance.now() - startedAt) / SAVE_SHARE);
  }
}
