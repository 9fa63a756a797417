import { styleText } from 'node:util';

/** Everything the demo says: steps as they happen, and below them one line that shows how far things are. */
export class Screen {
  private readonly startedAt = performance.now();
  private readonly isTerminal = process.stdout.isTTY === true;
  private status = '';
  private lastPlainAt = 0;

  title(text: string): void {
    this.print(`\n${this.style('bold', text)}`);
  }

  step(text: string): void {
    this.print(`  ${this.style('gray', this.clock())}  ${text}`);
  }

  note(text: string): void {
    this.print(`         ${this.style('gray', text)}`);
  }

  accident(text: string): void {
    this.print(`  ${this.style('gray', this.clock())}  ${this.style('yellow', text)}`);
  }

  text(text: string): void {
    this.print(text);
  }

  /** Replaces the status line; where there is no terminal it is written every five seconds only. */
  progress(text: string): void {
    if (this.isTerminal) {
      process.stdout.write(`\r\u001B[2K  ${this.style('gray', this.clock())}  ${this.style('cyan', text)}`);
      this.status = text;
    } else if (performance.now() - this.lastPlainAt > 5_000 && text !== this.status) {
      this.lastPlainAt = performance.now();
      this.status = text;
      process.stdout.write(`  ${this.clock()}  ${text}\n`);
    }
  }

  style(format: Parameters<typeof styleText>[0], text: string): string {
    // NO_COLOR and FORCE_COLOR are honoured.
    return styleText(format, text, { stream: process.stdout });
  }

  private print(text: string): void {
    if (this.isTerminal && this.status !== '') process.stdout.write('\r\u001B[2K');
    process.stdout.write(`${text}\n`);
  }

  private clock(): string {
    const seconds = Math.floor((performance.now() - this.startedAt) / 1_000);
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  }
}
