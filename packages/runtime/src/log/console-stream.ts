import type { WriteStream } from 'node:tty';
import { type DestinationStream, pino } from 'pino';

/** Standard output: JSON for machines, one readable line per entry for a person at a terminal. */
export function openConsole(stdout: Pick<WriteStream, 'write' | 'isTTY'>): DestinationStream {
  if (stdout.isTTY !== true) return pino.destination({ fd: 1, sync: true });
  return { write: (line) => void stdout.write(toReadable(line)) };
}

export function toReadable(line: string): string {
  const { time, level, app, msg, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const details = Object.entries(fields).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return `${String(time).slice(11, 23)} ${String(level).padEnd(5)} ${String(app)}: ${[msg, ...details].join(' ')}\n`;
}
