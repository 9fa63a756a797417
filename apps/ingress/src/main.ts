import { parseConfig, runMain } from '@luma-sync/runtime';
import { ingressEnvironment } from './config.js';
import { startIngress } from './start-ingress.js';

await runMain('ingress', async () => {
  await startIngress(parseConfig(ingressEnvironment, process.env));
});
