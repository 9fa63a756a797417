export { eventWorker } from './event-worker.js';
