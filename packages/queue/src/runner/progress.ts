import type { Progress } from '@luma-sync/jobs';

/** Between two writes of one run. */
const APART_MS = 1_000;

/** Stores the progress of one run, at most once a second; `flush` stores what is left when the run ends. */
export class ProgressReports {
  private storedAt = Number.NEGATIVE_INFINITY;
  private unstored: Progress | null = null;

  constructor(private readonly write: (progress: Progress) => Promise<void>) {}

  async report(progress: Progress): Promise<void> {
    this.unstored = progress;
    if (performance.now() - this.storedAt >= APART_MS) await this.flush();
  }

  async flush(): Promise<void> {
    if (this.unstored === null) return;
    const progress = this.unstored;
    this.unstored = null;
    this.storedAt = performance.now();
    await this.write(progress);
  }
}
