import { openInMemoryDriver } from '../../test/operation-store-in-memory.js';
import { describeOperationStore } from '../../test/operation-store-suite.js';

describeOperationStore('the in-memory store', async () => openInMemoryDriver());
