export { driftWorker, toDriftHandlers } from './drift-worker.js';
