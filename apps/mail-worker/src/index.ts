export { mailWorkerEnvironment } from './config.js';
export { createMailWorker } from './mail-worker.js';
