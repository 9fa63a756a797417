export { mailWorkerEnvironment } from './config.js';
export { createMailWorker, hasMailProvider } from './mail-worker.js';
