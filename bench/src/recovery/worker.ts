/**
 * One worker process of the recovery bench: a worker as it is deployed, but for its handler, which only waits for a
 * while. What it runs, and what the child process runs that it starts for isolated operations, stands on standard
 * output: a line of JSON for each beginning and each end.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { done } from '@luma-sync/jobs';
import { findAloneApp, runWorkerMain, type WorkerApp, workerEnvironment } from '@luma-sync/worker';
import type { WorkerMessage } from './crew.js';

const tell = (message: WorkerMessage) => process.stdout.write(`${JSON.stringify(message)}\n`);

const app: WorkerApp = {
  name: 'event-worker',
  queue: 'events',
  handlers: () => ({
    'event.push': async (_payload, { operationId, signal }) => {
      tell({ kind: 'began', operationId });
      await pause(300 + Math.random() * 1_700, undefined, { signal });
      tell({ kind: 'ended', operationId });
      return done();
    },
  }),
};

// Nothing would end this process if the bench itself were killed.
if (findAloneApp() === null) process.once('disconnect', () => process.exit());
await runWorkerMain(app, workerEnvironment.parse(process.env), import.meta.url);
