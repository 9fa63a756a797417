import { cpSync } from 'node:fs';
import { join, relative } from 'node:path';
import { prepare } from '../build.mjs';
import { runForeground } from '../children.mjs';
import { dataDir, inRoot, root } from '../paths.mjs';
import { findFreePort } from '../ports.mjs';
import { makeCluster } from '../postgres.mjs';
import { findOrUnpackRedis } from '../redis.mjs';
import { step, UserError } from '../steps.mjs';
import { withRun } from '../with-run.mjs';

/** What chaos ends with when it was stopped before anything went wrong. */
const INTERRUPTED = 130;

/**
 * Breaks everything while both sides work. It has its own Postgres and Redis, which it restarts; nothing of yours is
 * touched. What a failing seed leaves behind is kept in `.data/chaos`. Arguments go to chaos.
 */
export function chaos(args) {
  return withRun('chaos', (run) => breakThings(run, args), { isLastWordTheirs: true });
}

async function breakThings(run, args) {
  await prepare(run);
  const redis = await findOrUnpackRedis(run);
  if (redis === null) throw new UserError('chaos restarts a Redis of its own: install redis-server or valkey-server');
  const dir = join(dataDir, 'chaos', run.id);
  const logFile = run.logFile('postgres');
  let cluster;
  await step('A Postgres of its own', async () => {
    cluster = makeCluster(run);
  });
  const code = await runForeground(run, {
    name: 'chaos',
    command: process.execPath,
    args: [inRoot('chaos', 'dist', 'main.js'), ...args],
    env: {
      ...process.env,
      CHAOS_DIR: dir,
      CHAOS_POSTGRES: JSON.stringify({ ...cluster.at(await findFreePort()), logFile }),
      REDIS_SERVER_BIN: redis,
    },
  });
  if (code !== 0 && code !== INTERRUPTED) {
    // Postgres is stopped by now, so its folder can be started from anywhere.
    cpSync(cluster.place, join(dir, 'postgres'), { recursive: true });
    process.stderr.write(`Kept for a look: ${relative(root, dir)} (docs/chaos.md says how)\n`);
  }
  return code;
}
