import { openPostgresDriver } from '../../test/operation-store-postgres.js';
import { describeOperationStore } from '../../test/operation-store-suite.js';

describeOperationStore('Postgres', openPostgresDriver);
