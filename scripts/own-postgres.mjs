/**
 * Makes a database folder in the folder given and says, as one line of JSON, how to start Postgres on it: for tests
 * that stop and restart a Postgres of their own. Starts nothing itself.
 *
 *   node scripts/own-postgres.mjs <folder> <port>
 */
import { join } from 'node:path';
import { makeCluster } from './lib/postgres.mjs';

const [dir, port] = process.argv.slice(2);
const remove = [];
const run = { dir, logFile: (name) => join(dir, `${name}.log`), removeAtEnd: (path) => remove.push(path) };
try {
  const { place, at } = makeCluster(run);
  process.stdout.write(`${JSON.stringify({ ...at(Number(port)), place, remove })}\n`);
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
