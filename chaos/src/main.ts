import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Options, readOptions, replayCommand } from './options.js';
import { isClean, toJson, toLastLine, toReport, toTotals } from './report.js';
import { runSeed, type SeedResult } from './run-seed.js';
import { type Postgres, startPostgres } from './world/postgres.js';

const print = (line: string) => process.stdout.write(`${line}\n`);
/** Beside the report, where a machine does not read. */
const tell = (line: string) => process.stderr.write(`${line}\n`);

/** As a shell says of what Ctrl-C ended. */
const INTERRUPTED = 130;

const stopping = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(name, () => stopping.abort(new Error('interrupted')));

let postgres: Postgres | null = null;
const results: SeedResult[] = [];
try {
  const options = readOptions(process.argv.slice(2));
  const dir = process.env.CHAOS_DIR;
  if (dir === undefined || dir === '') throw new Error('CHAOS_DIR is not set: npm run chaos provides it');
  mkdirSync(dir, { recursive: true });
  const described = process.env.CHAOS_POSTGRES;
  if (described !== undefined && described !== '') {
    postgres = await startPostgres(described);
    process.env.DATABASE_URL = postgres.url;
  }
  process.exitCode = await runAll(options, dir);
} catch (error) {
  tell(`\nchaos stopped: ${error instanceof Error ? error.message : error}`);
  // An interrupted run leaves nothing to look at, unless a seed had gone wrong before.
  process.exitCode = stopping.signal.aborted && results.every(isClean) ? INTERRUPTED : 1;
} finally {
  await postgres?.stop();
}
process.exit();

async function runAll(options: Options, dir: string): Promise<number> {
  for (const seed of options.seeds) {
    const { minutes, load } = options;
    const result = await runSeed({ seed, minutes, load, dir, postgres, signal: stopping.signal, tell }).catch(
      (error: unknown) => {
        tell(
          `seed ${seed} could not be carried out; logs in ${join(dir, `seed-${seed}`)}\nagain: ${replayCommand(seed, options)}`,
        );
        throw error;
      },
    );
    results.push(result);
    const report = toReport(result, options);
    appendFileSync(join(dir, 'report.txt'), `${report}\n`);
    if (!options.isJson) print(report);
    if (!isClean(result)) tell(`seed ${seed}: logs in ${join(dir, `seed-${seed}`)}, database ${result.database}`);
  }
  if (options.isJson) print(toJson(results));
  print(toLastLine(toTotals(results)));
  return results.every(isClean) ? 0 : 1;
}
