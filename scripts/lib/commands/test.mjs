import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodeTool, prepare } from '../build.mjs';
import { runForeground } from '../children.mjs';
import { provideServices } from '../services.mjs';
import { say } from '../steps.mjs';
import { withRun } from '../with-run.mjs';

/**
 * All tests on real Postgres and Redis. Arguments go to jest as they are. The last line counts the tests in one plain
 * form, `N passed, N failed, N skipped`, whatever else was printed before.
 */
export async function test(args) {
  const total = newTotal();
  const requests = { taken: 0, outside: 0 };
  const code = await withRun('test', async (run) => {
    await prepare(run);
    const { env } = await provideServices(run);
    say('');
    const codes = [];
    const requestsFile = join(run.dir, 'luma-requests');
    const jestEnv = { ...env, LUMA_REQUESTS_FILE: requestsFile };
    // The journeys run apart: they start a dozen processes each, and would make waits of other tests longer.
    // Two at a time: mostly they wait, and a third one starves the others on two processors.
    const parts =
      args.length > 0
        ? [args]
        : [
            ['--selectProjects', 'unit', 'property', 'integration', 'fault'],
            ['--selectProjects', 'e2e', '--maxWorkers', '2'],
          ];
    for (const [index, part] of parts.entries()) {
      if (run.isStopping) break;
      codes.push(
        await runJest(run, { args: part, env: jestEnv, results: join(run.dir, `results-${index}.json`) }, total),
      );
    }
    countRequests(requestsFile, requests);
    return Math.max(...codes, total.failed > 0 ? 1 : 0);
  });
  if (requests.taken > 0) say(`${requests.taken} requests to Luma, ${requests.outside} outside its document`);
  return lastLine(total, code);
}

export const newTotal = () => ({ passed: 0, failed: 0, skipped: 0 });

/** Prints the count of tests, and returns the exit code. */
export function lastLine(total, code) {
  // A run that broke off before its tests counts as a failure.
  if (code !== 0 && total.failed === 0) total.failed = 1;
  say(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  return code;
}

/** One run of jest. Adds the count of its tests to `total`. */
export async function runJest(run, { args, env, results }, total) {
  const jest = nodeTool('jest/bin/jest.js', ['--passWithNoTests', '--json', `--outputFile=${results}`, ...args]);
  const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  const code = await runForeground(run, {
    name: 'jest',
    command: jest.command,
    args: [...flags, ...jest.args],
    env: { ...process.env, ...env },
  });
  count(results, total);
  return code;
}

/** What simulated Lumas took: a line for each test file, `requests outside`. Read before the run's folder goes. */
function countRequests(file, requests) {
  if (!existsSync(file)) return;
  for (const line of readFileSync(file, 'utf8').trim().split('\n')) {
    const [taken, outside] = line.split(' ').map(Number);
    requests.taken += taken;
    requests.outside += outside;
  }
}

function count(results, total) {
  let read;
  try {
    read = JSON.parse(readFileSync(results, 'utf8'));
  } catch {
    return; // jest itself broke off; its exit code tells
  }
  total.passed += read.numPassedTests;
  // A file that could not even be loaded counts as one.
  total.failed += read.numFailedTests + read.numRuntimeErrorTestSuites;
  total.skipped += read.numPendingTests + read.numTodoTests;
}
