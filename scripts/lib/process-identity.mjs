import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * When the process with this id was born, as an opaque text, or null when there is no such process.
 * A process id alone is not enough to stop something: the system gives ids out again.
 */
export function findBirth(pid) {
  if (process.platform === 'linux') {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // The command name, in brackets, may hold spaces; fields are counted after it. 22 is the start time, 3 the state.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return fields[0] === 'Z' ? null : fields[19];
    } catch {
      return null;
    }
  }
  const answer = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', timeout: 5_000 });
  const birth = answer.status === 0 ? answer.stdout.trim() : '';
  return birth === '' ? null : birth;
}

/** @param {{ pid: number, birth: string | null }} noted */
export const isStillAlive = (noted) => noted.birth !== null && findBirth(noted.pid) === noted.birth;

export const identify = (pid) => ({ pid, birth: findBirth(pid) });
