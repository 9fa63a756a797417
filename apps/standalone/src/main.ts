import { parseConfig, runMain } from '@luma-sync/runtime';
import { standaloneEnvironment } from './config.js';
import { startStandalone } from './start-standalone.js';

await runMain('standalone', async () => {
  await startStandalone(parseConfig(standaloneEnvironment, process.env));
});
