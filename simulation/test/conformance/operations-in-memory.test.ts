import { describeOperationStore } from './operations-cases.js';
import { openInMemoryDriver } from './operations-in-memory-driver.js';

describeOperationStore('the in-memory store', async () => openInMemoryDriver());
