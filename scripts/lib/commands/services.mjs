import { prepare } from '../build.mjs';
import { provideServices } from '../services.mjs';
import { say } from '../steps.mjs';
import { withRun } from '../with-run.mjs';

/** Postgres and Redis for working on the code: stays up until Ctrl-C. */
export function services() {
  return withRun('services', async (run) => {
    await prepare(run, { isCompiled: false });
    const { env } = await provideServices(run);
    say('');
    for (const [name, value] of Object.entries(env)) say(`export ${name}='${value}'`);
    say('\nStays up until Ctrl-C.');
    await run.stopped;
    return 0;
  });
}
