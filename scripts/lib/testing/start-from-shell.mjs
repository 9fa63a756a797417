import { spawn } from 'node:child_process';

/**
 * Runs a module's source with Node, from a shell as npm does it.
 *
 * @param {string} source
 * @param {Record<string, string>} env beside this process's
 * @returns the shell, what it prints, and how it ends
 */
export function startFromShell(source, env = {}) {
  // The shell has something to do after it, so that it stays between us and Node.
  const shell = spawn('sh', ['-c', `'${process.execPath}' --input-type=module -e "$SOURCE"; exit $?`], {
    env: { ...process.env, npm_lifecycle_event: 'test', ...env, SOURCE: source },
  });
  let output = '';
  const waiting = [];
  for (const stream of [shell.stdout, shell.stderr]) {
    stream.on('data', (text) => {
      output += text;
      for (const { wanted, resolve } of waiting) if (output.includes(wanted)) resolve();
    });
  }
  return {
    shell,
    says: (wanted) => new Promise((resolve) => waiting.push({ wanted, resolve })),
    /** The process id that is printed after a word. */
    pid: (word) => Number(output.match(new RegExp(`${word} (\\d+)`))[1]),
    // Its pipes close when Node, too, is gone.
    ended: new Promise((resolve) => shell.on('close', (code) => resolve({ code, output }))),
  };
}
