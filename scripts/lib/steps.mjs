import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { styleText } from 'node:util';

/** A failure that a person can act on: shown as its message alone, without a stack. */
export class UserError extends Error {
  /**
   * @param {string} message what is wrong and what to do, in one line
   * @param {{ log?: string, cause?: unknown }} [more] `log`: path of the file that holds the details
   */
  constructor(message, { log, cause } = {}) {
    super(message, { cause });
    this.name = 'UserError';
    this.log = log;
  }
}

/** A person stopped the command: a step that ends with this has not failed. */
export class StoppedError extends UserError {}

/** Only a terminal can show a line again with a new count. Elsewhere each count is a line of its own. */
const countEveryMs = { terminal: 1_000, other: 10_000 };
const clearLine = '\r\u001b[K';
/** Bytes at the end of a log in which its last line is looked for. */
const tailBytes = 4_096;
const defaultColumns = 80;

const seconds = (sinceMs) => (Date.now() - sinceMs) / 1_000;

/**
 * Makes the function that runs one step. It prints a line when the step ends: what was done, and how long it took.
 * Before that it counts the seconds: on a terminal every second in place, elsewhere in a line every 10 seconds.
 *
 * @param {NodeJS.WriteStream} output NO_COLOR and FORCE_COLOR are honoured.
 */
export function makeStep(output) {
  const isTerminal = output.isTTY === true;
  const style = (format, text) => styleText(format, text, { stream: output });
  const clear = isTerminal ? clearLine : '';

  /**
   * @param {string} title
   * @param {() => unknown} run may return a text, which is shown as a remark
   * @param {{ log?: string }} [options] `log`: file whose last line shows how far the step is
   */
  return async function step(title, run, { log } = {}) {
    const startedAt = Date.now();
    const count = () => {
      const elapsed = `${Math.floor(seconds(startedAt))} s`;
      const line = `${title}  ${elapsed}${toRemark(log === undefined ? '' : readLastLine(log))}`;
      if (isTerminal) output.write(`${clear}  ${style('dim', `… ${line.slice(0, columnsOf(output) - 5)}`)}`);
      else output.write(`  … ${line}\n`);
    };
    if (isTerminal) count();
    const timer = setInterval(count, isTerminal ? countEveryMs.terminal : countEveryMs.other);
    const finish = (mark, note = '') =>
      output.write(`${clear}  ${mark} ${title}${note}  ${style('dim', `${seconds(startedAt).toFixed(1)} s`)}\n`);
    try {
      const remark = await run();
      finish(style('green', '✓'), typeof remark === 'string' ? style('dim', toRemark(remark)) : '');
      return remark;
    } catch (error) {
      if (error instanceof StoppedError) finish(style('dim', '–'), style('dim', toRemark('stopped')));
      else finish(style('red', '✗'));
      throw error;
    } finally {
      clearInterval(timer);
    }
  };
}

/** Runs one step and prints its line on stdout. */
export const step = makeStep(process.stdout);

const toRemark = (text) => (text === '' ? '' : ` (${text})`);
const columnsOf = (output) => output.columns ?? defaultColumns;

/** Empty when there is none. */
function readLastLine(path) {
  let file;
  try {
    file = openSync(path, 'r');
    const { size } = fstatSync(file);
    const bytes = Buffer.alloc(Math.min(size, tailBytes));
    readSync(file, bytes, 0, bytes.length, size - bytes.length);
    return bytes.toString('utf8').trimEnd().split('\n').at(-1).trim();
  } catch {
    return '';
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

export function say(line) {
  process.stdout.write(`${line}\n`);
}

export function reportFailure(error) {
  const title = styleText('red', 'Failed:', { stream: process.stderr });
  if (error instanceof UserError) {
    process.stderr.write(`\n${title} ${error.message}\n`);
    if (error.log !== undefined) process.stderr.write(`Details: ${error.log}\n`);
    return;
  }
  process.stderr.write(`\n${title} ${error instanceof Error ? error.stack : String(error)}\n`);
}
