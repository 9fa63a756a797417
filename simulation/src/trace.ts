import type { VirtualTime } from './virtual-time.js';

/** The steps of a run, in order, as text. Recorded only on request. */
export class Trace {
  readonly lines: string[] = [];

  constructor(
    private readonly time: VirtualTime,
    private readonly isKept: boolean,
  ) {}

  record(describe: () => string): void {
    if (!this.isKept) return;
    const seconds = ((this.time.now() - this.time.startMs) / 1_000).toFixed(3);
    this.lines.push(`${seconds.padStart(12)}  ${describe()}`);
  }
}
