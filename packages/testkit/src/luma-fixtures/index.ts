export * from './event.js';
export * from './guest.js';
export * from './others.js';
