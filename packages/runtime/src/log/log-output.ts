import type { DestinationStream } from 'pino';

/** What a log is written to. */
export interface LogTarget {
  /**
   * Takes a text without waiting. `onLost` is called when it could not be written after all. @throws when it cannot be
   * taken.
   */
  write(text: string, onLost: () => void): void;
  /** Characters that were taken and are not written yet; null when nothing can be taken any more. */
  backlog(): number | null;
}

export interface LogOutput extends DestinationStream {
  /** Lines that were lost since the process started. */
  readonly droppedTotal: number;
}

/** Characters that wait for a slow reader. About a minute of a busy process; more would only hide that nobody reads. */
const BACKLOG_MAX = 1_048_576;

/**
 * Writes log lines without ever waiting and without ever throwing: a log reader that stops, or a full disk, must not
 * stop the service. A line that cannot be written is dropped and counted. The first line after a gap says how many are
 * missing.
 */
export function createLogOutput(target: LogTarget, format: (line: string) => string = (line) => line): LogOutput {
  let droppedTotal = 0;
  let missing = 0;
  const drop = (): void => {
    missing += 1;
    droppedTotal += 1;
  };
  const take = (line: string, onLost: () => void): boolean => {
    const backlog = target.backlog();
    if (backlog === null || backlog > BACKLOG_MAX) return false;
    try {
      target.write(format(line), onLost);
      return true;
    } catch {
      return false;
    }
  };
  return {
    get droppedTotal() {
      return droppedTotal;
    },
    write: (line) => {
      const told = missing;
      if (missing > 0 && take(toGapLine(missing), () => (missing += told))) missing = 0;
      if (missing > 0 || !take(line, drop)) drop();
    },
  };
}

function toGapLine(dropped: number): string {
  const time = new Date().toISOString();
  const msg = 'log lines were dropped: standard output took no more';
  return `${JSON.stringify({ level: 'warn', time, app: 'log', dropped, msg })}\n`;
}
