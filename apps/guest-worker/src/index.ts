export { guestWorker, toGuestHandlers } from './guest-worker.js';
