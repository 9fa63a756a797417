import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';
import { atEnd, getDatabaseUrl, spawnNode } from '@luma-sync/testkit';

const CHAOS = fileURLToPath(new URL('../../chaos/dist/main.js', import.meta.url));
/** Longer than any run that is alive; the test's own limit is above it. */
const STOP_LIMIT_MS = 60_000;

/**
 * One short seed of what `npm run chaos` does at length: every process as it is deployed, killed, frozen and redeployed
 * while both sides work.
 */
it('nothing is lost, doubled, mailed or over budget while processes die', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'luma-sync-chaos-'));
  const { REDIS_SERVER_BIN = '' } = process.env;
  const env = { DATABASE_URL: getDatabaseUrl(), CHAOS_DIR: dir, REDIS_SERVER_BIN };
  const chaos = spawnNode(CHAOS, { args: ['--seed', '3', '--minutes', '0.35', '--load', '0.05', '--no-poison'], env });
  // A signal lets it end its dozen processes; a kill would leave them.
  atEnd(async () => {
    await chaos.stop(STOP_LIMIT_MS);
    await rm(dir, { recursive: true, force: true });
  });
  const { code } = await chaos.exited;
  const output = chaos.output();
  const lastLine = output.trimEnd().split('\n').at(-1) ?? '';
  // With all that was said, since that names what was lost and how to have the run again.
  expect({ lastLine, output: lastLine.includes(' 0 lost, 0 duplicated') ? '' : output }).toEqual({
    lastLine: expect.stringMatching(
      /^chaos: 1 seeds, [5-9] kills, 0 lost, 0 duplicated, 0 unwanted mails, 0 over budget, 0 outside the document, 0 parked, recovery p99 \S+ s$/,
    ),
    output: '',
  });
  expect(code).toBe(0);
});
