/**
 * Sits beside a run and holds one end of a pipe. When the run ends, in whatever way, the pipe closes; if the run's note
 * is still there then, the run was killed before it could clean up, and its services are stopped from here.
 */
import { stopRun } from './run.mjs';

for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => {});
process.stdin.resume();
process.stdin.on('close', async () => {
  await stopRun(process.argv[2]);
  process.exit(0);
});
