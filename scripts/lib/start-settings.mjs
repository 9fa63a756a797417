import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseEnv } from 'node:util';
import { dataDir, inRoot } from './paths.mjs';
import { findFreePort, isFree } from './ports.mjs';

const usualPort = 8080;
export const secretsFile = join(dataDir, 'start.env');

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
  if (existsSync(secretsFile)) return parseEnv(readFileSync(secretsFile, 'utf8'));
  const secrets = {
    ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    OPERATOR_PASSWORD: randomBytes(12).toString('base64url'),
    BOOTSTRAP_API_KEY: `lsk_${randomBytes(24).toString('base64url')}`,
  };
  writeEnv(secretsFile, secrets);
  return secrets;
}

/**
 * Keeps what luma-sync runs with for as long as it runs, for `npx luma-sync` beside it (apps/cli/bin).
 *
 * @returns {() => void} forgets it again
 */
export function noteRunning(settings) {
  const note = join(dataDir, 'running.env');
  writeEnv(note, toNoted(settings, process.env));
  return () => rmSync(note, { force: true });
}

/** Settings are what `.env.example` names; a shell has many other variables. What luma-sync runs with comes first. */
export function toNoted(settings, given) {
  const names = Object.keys(parseEnv(readFileSync(inRoot('.env.example'), 'utf8')));
  return { ...Object.fromEntries(names.filter((name) => given[name]).map((name) => [name, given[name]])), ...settings };
}

/** What leads luma-sync to the simulator. A key of the real mail provider is not shown to it. */
export const besideSimulator = ({ url, mailboxUrl, apiKey }) => ({
  LUMA_API_KEY: apiKey,
  LUMA_API_BASE_URL: url,
  RESEND_BASE_URL: mailboxUrl,
  RESEND_API_KEY: 're_simulated',
});

/** Writes a file of variables that its owner alone may read. */
export function writeEnv(path, settings) {
  mkdirSync(dirname(path), { recursive: true });
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${quoted(value)}\n`);
  rmSync(path, { force: true });
  writeFileSync(path, lines.join(''), { mode: 0o600 });
}

/** The format knows three kinds of quotes and no escapes. */
function quoted(value) {
  const quote = [`'`, '"', '`'].find((candidate) => !value.includes(candidate)) ?? '';
  return `${quote}${value}${quote}`;
}
