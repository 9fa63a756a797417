import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Postgres, startPostgres } from './environment/postgres.js';
import { type Mode, type Options, readOptions, replayCommand, toModeOptions } from './options.js';
import { isClean, toJson, toLastLine, toReport, toTotals } from './report.js';
import { runSeed, type SeedResult } from './run-seed.js';

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
  const lastLines: string[] = [];
  for (const mode of options.modes) {
    const ofMode: SeedResult[] = [];
    for (const seed of options.seeds) {
      const result = await runOne(seed, mode, options, dir);
      ofMode.push(result);
      results.push(result);
    }
    if (options.isJson) print(toJson(mode, ofMode));
    lastLines.push(toLastLine(mode, toTotals(ofMode)));
  }
  for (const line of lastLines) print(line);
  return results.every(isClean) ? 0 : 1;
}

async function runOne(seed: number, mode: Mode, options: Options, dir: string): Promise<SeedResult> {
  const { minutes, load, hasPoison, spoilOneIn } = options;
  const seedDir = join(dir, [toModeOptions(mode).replaceAll('--', '').replace(' ', '-'), `seed-${seed}`].join('/'));
  const { signal } = stopping;
  const ofRun = { minutes, load, hasPoison, spoilOneIn };
  const result = await runSeed({ seed, mode, ...ofRun, dir: seedDir, postgres, signal, tell }).catch(
    (error: unknown) => {
      const again = replayCommand(seed, mode, options);
      tell(`seed ${seed} could not be carried out; logs in ${seedDir}\nagain: ${again}`);
      throw error;
    },
  );
  const report = toReport(result, options);
  appendFileSync(join(dir, 'report.txt'), `${report}\n`);
  if (!options.isJson) print(report);
  if (!isClean(result)) tell(`seed ${seed}: logs in ${seedDir}, database ${result.database}`);
  return result;
}
