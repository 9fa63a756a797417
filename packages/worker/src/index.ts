export { createBudgetMemory, createBudgetSource, createMailLimiter, REQUEST_TIMEOUT_MS } from './budgets.js';
export { type WorkerEnvironment, workerEnvironment } from './config.js';
export { findAloneApp, runAlone } from './isolation/run-alone.js';
export { createLumaAccounts } from './luma-accounts.js';
export { ensureEnvironment, openWorkerParts, type WorkerParts } from './parts.js';
export { type Preparation, prepare } from './prepare.js';
export { runWorkerMain } from './run-worker-main.js';
export { type RunningWorker, type StartOptions, startWorker, type WorkerApp } from './start-worker.js';
