import { tmpdir } from 'node:os';
import { describe, expect, it } from '@jest/globals';
import { judgeOffset } from './clocks.js';
import { judgeDisk } from './disks.js';

describe('a clock', () => {
  it.each([
    ['within two seconds', 1_900, 10, 'ok'],
    ['ahead by more', 2_100, 10, 'wrong'],
    ['behind by more', -2_100, 10, 'wrong'],
    ['off within what the way to it may take', 2_500, 600, 'ok'],
    ['behind an answer that took too long to tell', 0, 2_500, 'unseen'],
  ])('%s is judged by both', (_name, offMs, toleranceMs, verdict) => {
    expect(judgeOffset('Clock of Postgres', offMs, toleranceMs)).toMatchObject({ verdict });
  });
});

describe('a disk', () => {
  const disk = { directory: null, option: '--postgres-disk-gb', sizeGb: 1 };
  const gigabyte = 1_073_741_824;

  it.each([
    [0.89 * gigabyte, 'ok'],
    [0.91 * gigabyte, 'wrong'],
  ])('of which %d bytes of a gigabyte are used is %s', async (usedBytes, verdict) => {
    expect(await judgeDisk('Disk of Postgres', { ...disk, usedBytes })).toMatchObject({ verdict });
  });

  it('that cannot be seen, and whose size nobody states, is not called well', async () => {
    const unknown = { ...disk, usedBytes: 1, sizeGb: undefined };
    expect(await judgeDisk('Disk of Postgres', unknown)).toMatchObject({ verdict: 'unseen' });
    // On this machine the folder itself tells.
    const here = await judgeDisk('Disk of Postgres', { ...unknown, directory: tmpdir() });
    expect(here.verdict).not.toBe('unseen');
  });
});
