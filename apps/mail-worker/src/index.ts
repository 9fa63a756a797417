export { mailWorkerEnvironment } from './config.js';
export { createMailWorker, toMailHandlers } from './mail-worker.js';
