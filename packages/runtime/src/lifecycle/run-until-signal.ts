import type { Shutdown, ShutdownLog } from './shutdown.js';

/** A Ctrl-C in a terminal arrives twice under npm, from the terminal and from npm: so close together they are one. */
const sameSignalMs = 700;
const signalNumbers = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

export type ProcessLike = {
  on(event: string, listener: (...args: unknown[]) => void): unknown;
  exit(code: number): void;
};

export type RunUntilSignalOptions = {
  shutdown: Shutdown;
  log: ShutdownLog & { fatal(fields: object, message: string): void };
  process?: ProcessLike;
  nowMs?: () => number;
  /** Called before everything is closed because of an error that nobody handled. */
  onFault?: () => void;
};

/** Ends the process for a reason of its own: logged, everything is closed, exit code 1. Only the first end counts. */
export type GiveUp = (reason: string) => void;

/**
 * Ends the process in order:
 * - `SIGTERM`, `SIGINT`, `SIGHUP`: closes everything, exit code 0.
 * - a second signal: exits at once, with the signal's customary code.
 * - a rejection or an exception that nobody handled: the process is in a state that nobody thought of. It is logged,
 *   everything is closed, exit code 1; what runs the process starts it again.
 *
 * @returns for a part that finds that it cannot go on: what runs the process starts it again.
 */
export function runUntilSignal({
  shutdown,
  log,
  process: own = process as ProcessLike,
  nowMs = performance.now.bind(performance),
  onFault = () => {},
}: RunUntilSignalOptions): GiveUp {
  let signalledAt: number | null = null;
  let isEnding = false;
  const end = (exitCode: number): void => {
    if (isEnding) return;
    isEnding = true;
    void shutdown.run().then(() => own.exit(exitCode));
  };
  for (const [signal, number] of Object.entries(signalNumbers)) {
    own.on(signal, () => {
      if (signalledAt === null) {
        signalledAt = nowMs();
        log.info({ signal }, 'stopping');
        end(0);
      } else if (nowMs() - signalledAt > sameSignalMs) {
        own.exit(128 + number);
      }
    });
  }
  own.on('unhandledRejection', (err) => {
    log.fatal({ err }, 'a rejection that nobody handled');
    onFault();
    end(1);
  });
  own.on('uncaughtException', (err) => {
    log.fatal({ err }, 'an exception that nobody handled');
    onFault();
    end(1);
  });
  return (reason) => {
    log.fatal({}, reason);
    end(1);
  };
}
