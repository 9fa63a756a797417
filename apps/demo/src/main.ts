import { demoEnvironment } from './config.js';
import { judge } from './report.js';
import { play, STORIES } from './scenario.js';
import { Screen } from './screen.js';
import { buildStage, type Stage } from './stage.js';
import { tellStory } from './story.js';

const screen = new Screen();
const env = demoEnvironment.parse(process.env);
const isKept = process.argv.includes('--keep');
const stopped = new Promise<void>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
});

let stage: Stage | null = null;
let exitCode = 1;
try {
  screen.title('luma-sync: an app and Luma, kept in step');
  stage = await buildStage(env, screen);
  const played = await Promise.race([
    play(stage, env.REDIS_URL).then(() => 'to the end'),
    stopped.then(() => 'interrupted'),
  ]);
  if (played === 'interrupted') screen.text('\nInterrupted.');
  else exitCode = await conclude(stage);
} catch (error) {
  screen.text(`\nThe demo stopped: ${error instanceof Error ? error.message : String(error)}`);
  screen.text(`Logs of all processes: ${env.DEMO_LOG_DIR}`);
} finally {
  await stage?.processes.stopAll();
}
process.exit(exitCode);

async function conclude(played: Stage): Promise<number> {
  const { luma, url } = played;
  await tellStory(played, STORIES);
  screen.title('Both sides, record by record');
  const { lost, duplicated, overBudget, outsideDocument } = await judge(played);
  screen.text(`\nQueues       ${url}/queues   (password ${played.operatorPassword})`);
  screen.text(`API          ${url}/docs`);
  screen.text(`Simulator    ${luma.url}/`);
  screen.text(`Mailbox      ${luma.mailboxUrl}/`);
  if (isKept) screen.text('\nEverything stays up to look around. Ctrl-C ends it.');
  else screen.text('\nThese addresses live as long as the demo; to look around: npm run demo -- --keep');
  const isInStep = lost.length === 0 && duplicated.length === 0 && overBudget === 0 && outsideDocument === 0;
  if (!isInStep) for (const line of [...lost, ...duplicated].slice(0, 40)) screen.text(`  - ${line}`);
  const word = isInStep ? 'in step' : 'out of step';
  const counts = `${lost.length} lost, ${duplicated.length} duplicated, ${overBudget} over budget`;
  screen.text(`\ndemo: ${word}, ${counts}, ${outsideDocument} outside the document`);
  if (isKept) await stopped;
  return isInStep ? 0 : 1;
}
