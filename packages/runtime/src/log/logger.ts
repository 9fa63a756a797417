import { type DestinationStream, type Logger, pino } from 'pino';
import { openConsole } from './console-stream.js';
import { scrub, scrubText } from './scrub.js';

export type { Logger };

export type LoggerOptions = {
  /** Name of the app, in every line. */
  app: string;
  level: string;
  /** Where lines go. Default: standard output, as JSON, or as text to read when it is a terminal. */
  destination?: DestinationStream;
};

/**
 * A pino logger: JSON, one line per entry, `time` in ISO UTC. Fields with private names and texts that look like secrets
 * or mail addresses are censored on the way out.
 */
export function createLogger({ app, level, destination = openConsole() }: LoggerOptions): Logger {
  const logger = pino(
    {
      level,
      base: { app },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      // `err` is scrubbed with the other fields; pino's own serializer would put everything an error carries back in.
      serializers: { err: (value: unknown) => value },
      hooks: {
        logMethod(args, method) {
          method.apply(this, toScrubbed(args));
        },
      },
      formatters: {
        level: (label) => ({ level: label }),
        log: (fields) => scrub(fields) as Record<string, unknown>,
      },
    },
    destination,
  );
  // pino shapes the fields of the first logger only; those of its children come in here.
  const makeChild = logger.child;
  const child = function (this: Logger, bindings: object, options?: object): Logger {
    return Reflect.apply(makeChild, this, [scrub(bindings), options]);
  };
  Object.assign(logger, { child });
  return logger;
}

/** Texts pass by the formatters, and an error logged alone gives its own message to the line. */
function toScrubbed(args: readonly unknown[]): [object | string, ...string[]] {
  const [first, ...rest] = args;
  const texts = rest.map((part) => scrubText(String(part)));
  if (first instanceof Error) return [{ err: first }, ...(texts.length > 0 ? texts : [scrubText(first.message)])];
  return [typeof first === 'string' ? scrubText(first) : Object(first), ...texts];
}
