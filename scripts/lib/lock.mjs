import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { locksDir } from './paths.mjs';
import { identify, isStillAlive } from './process-identity.mjs';
import { UserError } from './steps.mjs';

/** Longest a first installation on a slow line may reasonably take while another run waits for it. */
const usualWaitLimitMs = 15 * 60_000;

/**
 * Runs `work` while no other run of these scripts does: two runs would otherwise install into one folder.
 *
 * @param {string} name
 * @param {{ waitLimitMs?: number, busy?: string }} options `busy`: what to tell a person when the wait is over
 * @param {() => Promise<any>} work
 */
export async function withLock(name, { waitLimitMs = usualWaitLimitMs, busy }, work) {
  mkdirSync(locksDir, { recursive: true });
  const file = join(locksDir, `${name}.json`);
  const giveUpAt = Date.now() + waitLimitMs;
  while (!tryTake(file)) {
    if (isHeld(file) && Date.now() >= giveUpAt) {
      throw new UserError(
        busy ?? `another run has been busy with "${name}" for 15 minutes; stop it, or delete ${file}`,
      );
    }
    await pause(200);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

function tryTake(file) {
  try {
    writeFileSync(file, JSON.stringify(identify(process.pid)), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    if (!isHeld(file)) rmSync(file, { force: true });
    return false;
  }
}

/** A file that cannot be read is being written right now, or is gone: look again at the next turn. */
function isHeld(file) {
  try {
    return isStillAlive(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return true;
  }
}
