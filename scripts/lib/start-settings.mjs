import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { dataDir } from './paths.mjs';
import { findFreePort } from './ports.mjs';

const usualPort = 8080;
const file = join(dataDir, 'start.env');

/**
 * Settings that `npm start` needs and nobody gave. Secrets are made once and kept beside the database: what the key
 * closed must open again tomorrow.
 */
export async function provideSettings(env = process.env) {
  const secrets = keepSecrets();
  const port = env.PORT || String((await isFree(usualPort)) ? usualPort : await findFreePort());
  const defaults = {
    ...secrets,
    PORT: port,
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    // The simulator's mailbox takes any key; a real provider's has to be given.
    ...(env.LUMA_API_KEY ? {} : { RESEND_API_KEY: 're_simulated', MAIL_FROM: 'luma-sync <luma-sync@example.org>' }),
  };
  return Object.fromEntries(Object.entries(defaults).map(([name, value]) => [name, env[name] || value]));
}

function keepSecrets() {
  if (existsSync(file)) return parseEnv(readFileSync(file, 'utf8'));
  const secrets = {
    ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    OPERATOR_PASSWORD: randomBytes(12).toString('base64url'),
    BOOTSTRAP_API_KEY: `lsk_${randomBytes(24).toString('base64url')}`,
  };
  mkdirSync(dataDir, { recursive: true });
  const lines = Object.entries(secrets).map(([name, value]) => `${name}='${value}'\n`);
  writeFileSync(file, lines.join(''), { mode: 0o600 });
  return secrets;
}

function isFree(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, () => server.close(() => resolve(true)));
  });
}
