import { type DestinationStream, type Logger, pino } from 'pino';
import { openConsole } from './console-stream.js';
import { Repeats } from './repeats.js';
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
 * A pino logger: JSON, one line per entry, `time` in ISO UTC. Fields with private names and texts that look like
 * secrets or mail addresses are censored on the way out. Of equal warnings one in half a minute is written, with the
 * number of those left out as `repeats`; `repeatOf` in its fields makes a warning equal to others.
 */
export function createLogger({ app, level, destination = openConsole() }: LoggerOptions): Logger {
  const repeats = new Repeats();
  const logger = pino(
    {
      level,
      base: { app },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      // `err` is scrubbed with the other fields; pino's own serializer would put everything an error carries back in.
      serializers: { err: (value: unknown) => value },
      hooks: {
        logMethod(args, method, level) {
          const counted = level === WARN ? countRepeats(args, repeats) : args;
          if (counted !== null) method.apply(this, toScrubbed(counted));
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

/** Of pino. */
const WARN = 40;

/** @returns null for a line that is left out. */
function countRepeats(args: readonly unknown[], repeats: Repeats): readonly unknown[] | null {
  const [first, ...rest] = args;
  if (typeof first !== 'object' || first === null || first instanceof Error) return args;
  const { repeatOf, ...fields } = first as Record<string, unknown>;
  const leftOut = repeats.take(`${rest.join(' ')} ${repeatOf ?? toKey(fields)}`);
  if (leftOut === null) return null;
  return [leftOut === 0 ? fields : { ...fields, repeats: leftOut }, ...rest];
}

/** Plain values alone: an error or a list tells two lines apart by nothing that a reader would miss. */
const toKey = (fields: Record<string, unknown>): string =>
  JSON.stringify(
    Object.entries(fields).filter(([, value]) => typeof value !== 'object' || value === null),
    (_, value) => (typeof value === 'bigint' ? String(value) : value),
  );

/** Texts pass by the formatters, and an error logged alone gives its own message to the line. */
function toScrubbed(args: readonly unknown[]): [object | string, ...string[]] {
  const [first, ...rest] = args;
  const texts = rest.map((part) => scrubText(String(part)));
  if (first instanceof Error) return [{ err: first }, ...(texts.length > 0 ? texts : [scrubText(first.message)])];
  return [typeof first === 'string' ? scrubText(first) : Object(first), ...texts];
}
