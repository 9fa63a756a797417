export { guestWorker } from './guest-worker.js';
