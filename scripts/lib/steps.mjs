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

const isLive = process.stdout.isTTY === true;
const dim = (text) => (isLive ? `\u001b[2m${text}\u001b[22m` : text);
const green = (text) => (isLive ? `\u001b[32m${text}\u001b[39m` : text);
const red = (text) => (isLive ? `\u001b[31m${text}\u001b[39m` : text);

const seconds = (sinceMs) => `${((Date.now() - sinceMs) / 1000).toFixed(1)} s`;

/**
 * Runs one step and prints one line for it: what it did and how long it took.
 * The function may return a string, which is shown as a remark.
 */
export async function step(title, run) {
  const startedAt = Date.now();
  if (isLive) process.stdout.write(`  ${dim('…')} ${title}`);
  try {
    const remark = await run();
    const note = typeof remark === 'string' && remark !== '' ? ` ${dim(`(${remark})`)}` : '';
    process.stdout.write(`${isLive ? '\r\u001b[K' : ''}  ${green('✓')} ${title}${note}  ${dim(seconds(startedAt))}\n`);
    return remark;
  } catch (error) {
    process.stdout.write(`${isLive ? '\r\u001b[K' : ''}  ${red('✗')} ${title}  ${dim(seconds(startedAt))}\n`);
    throw error;
  }
}

export function say(line) {
  process.stdout.write(`${line}\n`);
}

export function reportFailure(error) {
  if (error instanceof UserError) {
    process.stderr.write(`\n${red('Failed:')} ${error.message}\n`);
    if (error.log !== undefined) process.stderr.write(`Details: ${error.log}\n`);
    return;
  }
  process.stderr.write(`\n${red('Failed:')} ${error instanceof Error ? error.stack : String(error)}\n`);
}
