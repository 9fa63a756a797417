import { describe } from '@jest/globals';
import { describeStores } from './all-cases.js';
import { openInMemoryDriver } from './in-memory-driver.js';

describe('in memory', () => {
  describeStores(openInMemoryDriver);
});
