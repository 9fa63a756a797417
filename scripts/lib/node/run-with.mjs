import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { delimiter, dirname } from 'node:path';
import { watchNpm } from '../npm-parent.mjs';

const PASSED_ON = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Runs the present command again with another Node, and ends as it ends.
 *
 * @param {string} node path of the executable
 * @param {string[]} args the script and its arguments
 * @returns {Promise<number>} exit code; 128 and the signal's number when a signal ended it
 */
export function runWith(node, args) {
  // Tools that are started by name, npx for one, find this Node first.
  const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}` };
  const child = spawn(node, args, { stdio: 'inherit', env });
  // A terminal sends Ctrl-C to both. The second copy comes at once, and the command takes two this close for one.
  const passOn = (signal) => child.kill(signal);
  for (const signal of PASSED_ON) process.on(signal, passOn);
  const stopWatching = watchNpm(() => {
    stopWatching();
    passOn('SIGTERM');
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
  }).finally(() => {
    stopWatching();
    for (const signal of PASSED_ON) process.off(signal, passOn);
  });
}
