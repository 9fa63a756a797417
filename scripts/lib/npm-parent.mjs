import { readFileSync } from 'node:fs';

const lookEveryMs = 500;

/**
 * Calls back when npm, which started us, is gone. npm told to end (`SIGTERM` from a CI system, say) passes that on to
 * the shell between it and us, not to us: without this we would stay, and all that we started.
 *
 * @returns a function that stops watching
 */
export function watchNpm(onGone) {
  // Started by hand, our parent may well go: a shell that was closed, after `nohup`.
  if (process.env.npm_lifecycle_event === undefined) return () => {};
  const before = lineage();
  const timer = setInterval(() => {
    if (lineage() !== before) onGone();
  }, lookEveryMs);
  timer.unref();
  return () => clearInterval(timer);
}

/**
 * Our parent and, where that can be read, its parent: the shell and npm. A process whose parent ends gets another one.
 */
function lineage() {
  try {
    const stat = readFileSync(`/proc/${process.ppid}/stat`, 'utf8');
    return `${process.ppid} ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]}`;
  } catch {
    return String(process.ppid);
  }
}
