import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseEnv } from 'node:util';
import { dataDir, root } from './paths.mjs';
import { simulatorDir } from './simulator.mjs';
import { writeEnv } from './start-settings.mjs';
import { say, UserError } from './steps.mjs';

/** The database of `npm start`, unless DATABASE_URL names another one. */
export const databaseDir = join(dataDir, 'postgres');
/** Says which Luma the database was used with. */
const noteFile = join(dataDir, 'database.env');
const hasDatabase = () => existsSync(join(databaseDir, 'PG_VERSION'));

/**
 * Notes which Luma the database is about to be used with. A database that was used with the real one stays marked.
 *
 * @param {{ isReal: boolean }} luma
 */
export function noteLuma({ isReal }) {
  if (isReal) return writeEnv(noteFile, { LUMA: 'real' });
  if (!existsSync(noteFile)) writeEnv(noteFile, { LUMA: hasDatabase() ? 'unknown' : 'simulated' });
}

/**
 * Deletes the database and the simulator's state, and says so. Keeps secrets and logs.
 *
 * @param {Record<string, string | undefined>} env
 * @throws {UserError} where anything but the simulator was or may have been in use
 */
export function startAfresh(env = process.env) {
  for (const name of ['LUMA_API_KEY', 'DATABASE_URL', 'REDIS_URL']) {
    if (env[name])
      throw new UserError(`--fresh deletes nothing while ${name} is set: it is for the simulator and its own database`);
  }
  const { LUMA = 'unknown' } = existsSync(noteFile) ? parseEnv(readFileSync(noteFile, 'utf8')) : {};
  if (hasDatabase() && LUMA !== 'simulated') {
    const why = LUMA === 'real' ? 'was used with a real Luma key' : 'may have been used with a real Luma key';
    throw new UserError(
      `--fresh deletes nothing: the database in ${shown(databaseDir)} ${why}. Delete the folder by hand if you mean it`,
    );
  }
  const found = [databaseDir, simulatorDir].filter((dir) => existsSync(dir));
  if (found.length === 0) say('  --fresh: nothing to delete');
  for (const dir of found) {
    say(`  --fresh: deletes ${shown(dir)}`);
    rmSync(dir, { recursive: true, maxRetries: 5 });
  }
  rmSync(noteFile, { force: true });
}

const shown = (path) => (path.startsWith(root) ? relative(root, path) : path);
