export { eventWorker, toEventHandlers } from './event-worker.js';
