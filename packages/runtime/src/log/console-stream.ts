import { createLogOutput, type LogOutput } from './log-output.js';
import { openStdoutTarget } from './stdout-target.js';

let output: LogOutput | null = null;

/**
 * Standard output: JSON for machines, one readable line per entry for a person at a terminal. One for all loggers of
 * the process, since they share one reader.
 */
export function openConsole(): LogOutput {
  output ??= createLogOutput(openStdoutTarget(), process.stdout.isTTY === true ? toReadable : undefined);
  return output;
}

export function toReadable(line: string): string {
  const { time, level, app, msg, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const details = Object.entries(fields).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return `${String(time).slice(11, 23)} ${String(level).padEnd(5)} ${String(app)}: ${[msg, ...details].join(' ')}\n`;
}
