export { createBudgetMemory, createLumaLimiter, createMailLimiter, type LumaBudgetSettings } from './budgets.js';
export { createKeyClient, type KeyClientDeps } from './key-client.js';
export { type LumaAccess, openLumaAccess } from './open-luma-access.js';
export { type Preparation, prepare } from './prepare.js';
