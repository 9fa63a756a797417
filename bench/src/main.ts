import { parseArgs } from 'node:util';
import { contenders, OURS } from './contenders/index.js';
import { load, print, runBench, stopOnSignals, tell } from './program.js';
import { runRefusals } from './refusals.js';
import { describeScenario, toJson, toLastLine, toProgress, toRefusalsLine, toTable } from './report.js';
import { type Measured, runContender } from './run-contender.js';
import { planScenarios } from './scenario.js';

const { values } = parseArgs({
  options: { json: { type: 'boolean', default: false }, quick: { type: 'boolean', default: false } },
});
const redisUrl = process.env.REDIS_URL;
if (redisUrl === undefined || redisUrl === '')
  throw new Error('REDIS_URL is not set: npm run bench:budget provides it');

const stopping = stopOnSignals();

await runBench(stopping, () => compare(redisUrl));

async function compare(url: string): Promise<number> {
  const { forAll, forOurs, forRefusals } = planScenarios({ isQuick: values.quick });
  const runs = [
    ...forAll.flatMap((scenario) => Object.keys(contenders).map((contender) => ({ contender, scenario }))),
    ...forOurs.map((scenario) => ({ contender: OURS, scenario })),
  ];
  tell(`${runs.length} runs, load of the machine ${load()}`);
  const results: Measured[] = [];
  for (const [index, { contender, scenario }] of runs.entries()) {
    if (runs[index - 1]?.scenario !== scenario) tell(describeScenario(scenario));
    results.push(await runContender(contender, scenario, { redisUrl: url, signal: stopping.signal }));
    tell(`  ${toProgress(results[index] as Measured)}`);
  }
  tell(`a 429 that one of 4 processes hears of, ${forRefusals.rounds} times`);
  const refusals = await runRefusals(forRefusals.scenario, forRefusals.rounds, {
    redisUrl: url,
    signal: stopping.signal,
  });
  const oursOnly = results.filter((result) => result.contender === OURS);
  // The real minutes where they were run, else the scaled run with the same round trips.
  const judged = oursOnly.find((result) => result.scenario.speed === 1) ?? oursOnly[0];
  if (judged === undefined) throw new Error('nothing was run');

  if (values.json) print(toJson(results, refusals));
  else {
    print(toTable(results));
    print(
      'over: requests that came when the window was full. use: of the cap (limit less headroom), after the ' +
        'first window.',
    );
    print('bound: window / (window + mean round trip), what holding a slot until its answer costs.');
    print('p50, p95, p99: how long a person waited under saturating bulk, in seconds at a window of 60 s.');
    print(toRefusalsLine(refusals));
    print(`Load of the machine ${load()}. Last line: ${judged.scenario.name}, ours.`);
  }
  print(toLastLine(judged));
  // The promise is exactness; times and shares depend on the machine and are only shown.
  return oursOnly.some((result) => result.breaches > 0 || result.lockouts > 0) ? 1 : 0;
}
