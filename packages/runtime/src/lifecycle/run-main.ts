import { ConfigError } from '../config/config-error.js';
import { scrubText } from '../log/scrub.js';

export type MainProcess = { stderr: { write(text: string): unknown }; exit(code: number): void };

/**
 * Calls an app's main function. A start that fails says why on standard error and exits with 1: every problem of the
 * configuration, one per line, or the error's message.
 */
export async function runMain(app: string, main: () => Promise<void>, own: MainProcess = process): Promise<void> {
  try {
    await main();
  } catch (error) {
    own.stderr.write(`${app} does not start: ${toWords(error)}\n`);
    own.exit(1);
  }
}

function toWords(error: unknown): string {
  // Holds no values, and its examples of addresses are to be read as they are.
  if (error instanceof ConfigError) return error.message;
  return scrubText(error instanceof Error ? (error.stack ?? error.message) : String(error));
}
