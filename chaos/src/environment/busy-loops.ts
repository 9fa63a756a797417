import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';

const BUSY_LOOP = fileURLToPath(new URL('./busy-loop.js', import.meta.url));

/**
 * A busy loop for each core, beside everything else. They end by themselves after the limit.
 *
 * @returns ends them at once.
 */
export function startBusyLoops(limitMs: number, count = availableParallelism()): () => void {
  const loops = Array.from({ length: count }, () =>
    spawn(process.execPath, [BUSY_LOOP, String(Math.ceil(limitMs)), String(process.pid)], { env: {}, stdio: 'ignore' }),
  );
  for (const loop of loops) loop.on('error', () => {});
  return () => {
    for (const loop of loops) loop.kill('SIGKILL');
  };
}
