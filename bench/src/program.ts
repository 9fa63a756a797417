import { loadavg } from 'node:os';

/** Where a machine reads. */
export const print = (line: string) => process.stdout.write(`${line}\n`);
/** Beside the report, where a machine does not read. */
export const tell = (line: string) => process.stderr.write(`${line}\n`);

export const load = (): string =>
  loadavg()
    .map((value) => value.toFixed(1))
    .join(' ');

/** Aborted by the first signal that asks the process to end. */
export function stopOnSignals(): AbortController {
  const stopping = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => stopping.abort());
  return stopping;
}

/**
 * Runs a bench and sets the exit code of the process: what `run` returns, or 1 when it threw.
 *
 * @param close Runs in any case, after the message.
 */
export async function runBench(
  { signal }: AbortController,
  run: () => Promise<number>,
  close: () => Promise<void> | void = () => undefined,
): Promise<void> {
  try {
    process.exitCode = await run();
  } catch (error) {
    const message = error instanceof Error ? error.message : error;
    tell(signal.aborted ? '\nInterrupted.' : `\nThe bench stopped: ${message}`);
    process.exitCode = 1;
  } finally {
    await close();
  }
}

/**
 * The services from the environment.
 *
 * @param command The script that provides them.
 * @throws {Error} when one is missing.
 */
export function readServices(command: string): { databaseUrl: string; redisUrl: string } {
  const { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl } = process.env;
  if (!databaseUrl || !redisUrl)
    throw new Error(`DATABASE_URL and REDIS_URL are not set: npm run ${command} provides them`);
  return { databaseUrl, redisUrl };
}

/**
 * @param option Its name on the command line.
 * @throws {Error} when `given` is no whole number within the bounds.
 */
export function toCount(option: string, given: string, min: number, max: number): number {
  const count = Number(given);
  if (Number.isInteger(count) && count >= min && count <= max) return count;
  throw new Error(`--${option} must be a whole number from ${min} to ${max}`);
}
