export { driftWorker } from './drift-worker.js';
