import { provideServices } from './services.mjs';
import { say } from './steps.mjs';
import { withRun } from './with-run.mjs';

/** Every command takes its arguments and answers with the exit code. */
export const commands = {
  services,
};

/** Postgres and Redis for working on the code: stays up until Ctrl-C. */
function services() {
  return withRun('services', async (run, stopped) => {
    const { env } = await provideServices(run);
    say('');
    for (const [name, value] of Object.entries(env)) say(`export ${name}='${value}'`);
    say('\nStays up until Ctrl-C.');
    await stopped;
    return 0;
  });
}
