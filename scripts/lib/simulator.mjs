import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseEnv } from 'node:util';
import { dataDir, inRoot } from './paths.mjs';
import { findFreePort, isFree } from './ports.mjs';
import { besideSimulator, writeEnv } from './start-settings.mjs';
import { say, step, UserError } from './steps.mjs';

const startLimitMs = 20_000;

/** What the simulator keeps between two starts: its state, its key and its addresses. */
export const simulatorDir = join(dataDir, 'simulator');
const settingsFile = join(simulatorDir, 'settings.env');
const stateFile = join(simulatorDir, 'state');

/**
 * Starts luma-sim, which plays Luma and the mail provider, with the state of the last start.
 *
 * @returns {Promise<{ env: object, service: object }>} `env` leads luma-sync to it; `service` as `superviseServices`
 *   takes it
 */
export async function startSimulator(run) {
  const settings = await provideAddresses();
  const log = run.logFile('luma-sim');
  const start = () =>
    run.start({
      name: 'luma-sim',
      command: process.execPath,
      args: [inRoot('apps', 'luma-sim', 'dist', 'main.js')],
      env: { PATH: process.env.PATH, SIM_STATE_FILE: stateFile, ...settings },
    });
  let child;
  let found;
  await step('Luma, simulated', async () => {
    child = start();
    found = await waitUntilReady(child, log);
    return `${found.url}, mails at ${found.mailboxUrl}`;
  });
  if (found.setAside !== undefined) {
    const { path, reason } = found.setAside;
    say(`    Its state could not be read (${reason}) and lies in ${path} now. It starts empty:`);
    say('    luma-sync will find its events missing. To begin afresh on both sides: npm start -- --fresh');
  }
  return {
    service: { name: 'The simulator', child, restart: start, log },
    env: besideSimulator({ ...found, apiKey: settings.SIM_API_KEY }),
  };
}

/** The same key and, where they are free, the same ports as at the last start: luma-sync knows them. */
async function provideAddresses() {
  const kept = existsSync(settingsFile) ? parseEnv(readFileSync(settingsFile, 'utf8')) : {};
  const settings = {
    SIM_API_KEY: kept.SIM_API_KEY || `sim-${randomBytes(12).toString('hex')}`,
    PORT: await keepOrFindPort(kept.PORT),
    MAILBOX_PORT: await keepOrFindPort(kept.MAILBOX_PORT),
  };
  writeEnv(settingsFile, settings);
  return settings;
}

async function keepOrFindPort(kept) {
  if (kept && (await isFree(Number(kept), '127.0.0.1'))) return kept;
  return String(await findFreePort());
}

/** It prints one line of JSON when it takes requests. */
async function waitUntilReady(child, log) {
  const giveUpAt = Date.now() + startLimitMs;
  while (Date.now() < giveUpAt && child.exitCode === null) {
    const line = readFileSync(log, 'utf8')
      .split('\n')
      .find((text) => text.startsWith('{"ready":true'));
    if (line !== undefined) return JSON.parse(line);
    await pause(50);
  }
  throw new UserError('the simulator of Luma did not start', { log });
}
