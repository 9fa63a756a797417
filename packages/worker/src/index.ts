export { type WorkerEnvironment, workerEnvironment } from './config.js';
export { findAloneApp, runAlone } from './isolation/run-alone.js';
export type { WorkerParts } from './parts.js';
export { runWorkerMain } from './run-worker-main.js';
export { type RunningWorker, type StartOptions, startWorker, type WorkerApp } from './start-worker.js';
