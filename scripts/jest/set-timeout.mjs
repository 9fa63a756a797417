import { jest } from '@jest/globals';

// jest takes `testTimeout` for the whole run only; each project of ours names its own in `globals`.
jest.setTimeout(globalThis.testTimeoutMs);
