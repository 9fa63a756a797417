import { parseConfig, runMain } from '@luma-sync/runtime';
import { relayEnvironment } from './config.js';
import { startRelay } from './start-relay.js';

await runMain('relay', async () => {
  await startRelay(parseConfig(relayEnvironment, process.env));
});
