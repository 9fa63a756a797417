import { ConfigError } from '../config/config-error.js';
import { scrubText } from '../log/scrub.js';
import { guardEventLoop } from './guard-event-loop.js';

export type MainProcess = { stderr: { write(text: string): unknown }; exit(code: number): void };

/**
 * Calls an app's main function. A start that fails says why on standard error and exits with 1: every problem of the
 * configuration, one per line, or the error's message. From then on a process whose event loop stands still is killed.
 */
export async function runMain(app: string, main: () => Promise<void>, own: MainProcess = process): Promise<void> {
  if (own === process) guardEventLoop(app);
  try {
    await main();
  } catch (error) {
    own.stderr.write(`${app} does not start: ${describeStartError(error)}\n`);
    own.exit(1);
  }
}

function describeListenError(error: unknown): string | null {
  const { syscall, code, port } = (typeof error === 'object' && error !== null ? error : {}) as Record<string, unknown>;
  if (syscall !== 'listen') return null;
  if (code === 'EADDRINUSE') return `PORT ${port} is in use by another process; choose another one`;
  if (code === 'EACCES') return `PORT ${port} may not be opened by this user; choose one above 1023`;
  return null;
}

function describeStartError(error: unknown): string {
  // Holds no values, and its examples of addresses are to be read as they are.
  if (error instanceof ConfigError) return error.message;
  const listening = describeListenError(error);
  if (listening !== null) return listening;
  return scrubText(error instanceof Error ? (error.stack ?? error.message) : String(error));
}
