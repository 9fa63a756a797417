import { describe } from '@jest/globals';
import { describeStores } from './all-cases.js';
import { openPostgresDriver } from './postgres-driver.js';

describe('Postgres', () => {
  describeStores(openPostgresDriver);
});
