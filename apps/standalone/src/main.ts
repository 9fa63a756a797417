import { fileURLToPath } from 'node:url';
import { parseConfig, runMain } from '@luma-sync/runtime';
import { findAloneApp, runAlone } from '@luma-sync/worker';
import { standaloneEnvironment } from './config.js';
import { startStandalone, toWorkerApps } from './start-standalone.js';

await runMain('standalone', async () => {
  const config = parseConfig(standaloneEnvironment, process.env);
  const alone = findAloneApp();
  const app = toWorkerApps(config).find(({ name }) => name === alone);
  if (app !== undefined) await runAlone(app, config);
  else await startStandalone(config, { main: fileURLToPath(import.meta.url) });
});
