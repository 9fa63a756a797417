import { fileURLToPath } from 'node:url';
import type { WorkerEnvironment } from './config.js';
import { findAloneApp, runAlone } from './isolation/run-alone.js';
import { startWorker, type WorkerApp } from './start-worker.js';

/**
 * Starts a worker app; or, in a process that the worker itself started for isolated operations, runs those.
 *
 * @param moduleUrl `import.meta.url` of the app's program.
 */
export async function runWorkerMain(app: WorkerApp, config: WorkerEnvironment, moduleUrl: string): Promise<void> {
  if (findAloneApp() === app.name) await runAlone(app, config);
  else await startWorker(app, config, { main: fileURLToPath(moduleUrl) });
}
