import { describeOperationStore } from './operations-cases.js';
import { openPostgresDriver } from './operations-postgres-driver.js';

describeOperationStore('Postgres', openPostgresDriver);
