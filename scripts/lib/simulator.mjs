import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { inRoot } from './paths.mjs';
import { step, UserError } from './steps.mjs';

const startLimitMs = 20_000;

/** Starts luma-sim, which plays Luma and the mail provider. Returns the environment that leads luma-sync to it. */
export async function startSimulator(run) {
  const apiKey = `sim-${randomBytes(12).toString('hex')}`;
  let found;
  await step('Luma, simulated', async () => {
    const child = run.start({
      name: 'luma-sim',
      command: process.execPath,
      args: [inRoot('apps', 'luma-sim', 'dist', 'main.js')],
      env: { PATH: process.env.PATH, SIM_API_KEY: apiKey },
    });
    found = await waitUntilReady(child, run.logFile('luma-sim'));
    return `${found.url}, mails at ${found.mailboxUrl}`;
  });
  return {
    LUMA_API_KEY: apiKey,
    LUMA_API_BASE_URL: found.url,
    RESEND_BASE_URL: found.mailboxUrl,
    RESEND_API_KEY: 're_simulated',
    MAIL_FROM: 'luma-sync <luma-sync@example.org>',
  };
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
