import { readdirSync, readFileSync } from 'node:fs';

/**
 * What each thread of a process is at, in one line: what a process that does not end leaves to look at. Empty where
 * the system does not tell.
 */
export function describeThreads(pid: number): string {
  try {
    return readdirSync(`/proc/${pid}/task`)
      .map((thread) => {
        const read = (file: string) => readFileSync(`/proc/${pid}/task/${thread}/${file}`, 'utf8').trim();
        // After the name in brackets, which may hold spaces: the state, and from there on the 11th and 12th are the
        // time used.
        const [state, ...rest] = read('stat').split(') ').at(-1)?.split(' ') ?? [];
        return `${read('comm')} ${state} ${read('wchan')} ${Number(rest[10]) + Number(rest[11])}`;
      })
      .join('; ');
  } catch {
    return '';
  }
}
