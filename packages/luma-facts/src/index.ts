export * from './compare.js';
export * from './deviations.js';
export * from './from-json-schema.js';
export * from './judge.js';
export * from './luma-facts.js';
export * from './read-open-api.js';
export * from './rows.js';
export * from './shape.js';
