import type { VirtualTime } from './virtual-time.js';

/** What happened, in order, for a person to read. Kept only when somebody asked for it. */
export class Story {
  readonly lines: string[] = [];

  constructor(
    private readonly time: VirtualTime,
    private readonly isKept: boolean,
  ) {}

  tell(words: () => string): void {
    if (!this.isKept) return;
    const seconds = ((this.time.now() - this.time.startMs) / 1_000).toFixed(3);
    this.lines.push(`${seconds.padStart(12)}  ${words()}`);
  }
}
