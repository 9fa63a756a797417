import { parseArgs } from 'node:util';
import { createMemoryLimiter, toBudget } from '@luma-sync/rate-limiter';
import { ConfigError, environment, parseConfig } from '@luma-sync/runtime';
import { findChanges } from './find-changes.js';
import { CanaryError, openDocument } from './open-document.js';
import { type LiveAnswer, readLive } from './read-live.js';
import { describeAnswers, describeChanges, lastLine } from './report.js';

const HELP = `npm run canary -- --spec FILE_OR_URL

Compares an OpenAPI document of Luma with the facts that luma-sync relies on.
With LUMA_API_KEY it also reads up to six answers of Luma, and changes nothing there.

Exit code 0: nothing that is sent or read is touched. 1: something is. 2: nothing could be compared.`;

const settings = environment.pick({
  LUMA_API_BASE_URL: true,
  LUMA_API_KEY: true,
  LUMA_RATE_LIMIT_PER_MINUTE: true,
  LUMA_RATE_LIMIT_HEADROOM: true,
  FETCH_ALLOW_HOSTS: true,
});

const print = (line: string) => process.stdout.write(`${line}\n`);

async function main(): Promise<number> {
  const { spec, help } = readArguments();
  if (help) {
    print(HELP);
    return 0;
  }
  if (spec === undefined || spec === '') throw new CanaryError(`Name the document.\n\n${HELP}`);
  const config = parseConfig(settings, process.env);
  const changes = findChanges(await openDocument(spec, config.FETCH_ALLOW_HOSTS));
  for (const line of describeChanges(changes)) print(line);
  const answers = config.LUMA_API_KEY === undefined ? null : await live(config.LUMA_API_KEY, config);
  for (const line of describeAnswers(answers ?? [])) print(line);
  const problems = answers?.filter(({ problem }) => problem !== null).length ?? null;
  print(lastLine(changes, problems));
  return changes.some(({ isTouched }) => isTouched) || (problems ?? 0) > 0 ? 1 : 0;
}

function readArguments(): { spec?: string | undefined; help?: boolean | undefined } {
  try {
    return parseArgs({ options: { spec: { type: 'string' }, help: { type: 'boolean' } } }).values;
  } catch (error) {
    throw new CanaryError(`${error instanceof Error ? error.message : 'unknown argument'}\n\n${HELP}`);
  }
}

/** One process alone: what others spend of this key is in the headroom. */
function live(
  apiKey: string,
  config: { LUMA_API_BASE_URL: string; LUMA_RATE_LIMIT_PER_MINUTE: number; LUMA_RATE_LIMIT_HEADROOM: number },
): Promise<LiveAnswer[]> {
  const budget = toBudget({
    limitPerMinute: config.LUMA_RATE_LIMIT_PER_MINUTE,
    headroom: config.LUMA_RATE_LIMIT_HEADROOM,
  });
  return readLive({
    baseUrl: config.LUMA_API_BASE_URL,
    apiKey,
    slots: createMemoryLimiter({ budgets: { read: () => budget } }),
  });
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof CanaryError || error instanceof ConfigError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
