import { describe, expect, it } from '@jest/globals';
import { findAlive, findOrphans } from './orphans.js';
import { readStat } from './process-stat.js';

const SUPERVISOR = 9;
const entry = (pid: number, startTime = '100') => ({ pid, ppid: 0, startTime, at: 0 });
const system = new Map([
  [10, { ppid: SUPERVISOR, startTime: '100' }],
  [11, { ppid: 10, startTime: '100' }],
  [12, { ppid: 1, startTime: '100' }],
  [13, { ppid: 1, startTime: '777' }],
]);
const read = (pid: number) => system.get(pid) ?? null;

describe('processes left behind', () => {
  it('are those whose parent is neither the supervisor nor a worker that runs', () => {
    const processes = [entry(10), entry(11), entry(12)];
    expect(findOrphans(processes, SUPERVISOR, read)).toEqual([entry(12)]);
  });

  it('are not those that ended, nor others that got their id', () => {
    const processes = [entry(13), entry(14)];
    expect(findOrphans(processes, SUPERVISOR, read)).toEqual([]);
    expect(findAlive([entry(10), ...processes], read)).toEqual([entry(10)]);
  });

  it('are known by what the kernel says of them', () => {
    const stat = readStat(process.pid);
    // Where there is no /proc, nothing is known and nothing is found.
    if (process.platform === 'linux') expect(stat?.ppid).toBe(process.ppid);
    else expect(stat).toBeNull();
  });
});
