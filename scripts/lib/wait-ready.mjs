import { setTimeout as pause } from 'node:timers/promises';
import { UserError } from './steps.mjs';

/** A start with migrations done takes a second or two; a busy machine takes longer. */
const limitMs = 60_000;
const pollMs = 200;
const answerWithinMs = 3_000;
/** Without Redis luma-sync takes requests and says `degraded`. */
const readyStates = new Set(['ok', 'degraded']);

/**
 * Waits until `/readyz` of ingress says that luma-sync is ready.
 *
 * @param {string} url address of ingress on this machine
 * @param {{ signal?: AbortSignal, limitMs?: number }} [options] `signal`: the program has ended, or a person stopped it
 * @throws {UserError} it is not ready within the limit, and the message names what it waits for; or the signal's reason
 */
export async function waitUntilReady(url, { signal, limitMs: limit = limitMs } = {}) {
  const giveUpAt = Date.now() + limit;
  for (;;) {
    if (signal?.aborted === true) throw signal.reason;
    const { isReady, waitsFor } = await readReadiness(url);
    if (isReady) return;
    if (Date.now() >= giveUpAt)
      throw new UserError(
        `luma-sync is not ready after ${Math.round(limit / 1_000)} s, it waits for: ${waitsFor}. It goes on ` +
          'trying; its log lines say why',
      );
    await pause(pollMs, undefined, { signal }).catch(() => {});
  }
}

/** @returns {Promise<{ isReady: boolean, waitsFor: string }>} */
async function readReadiness(url) {
  let answer;
  try {
    answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(answerWithinMs) });
  } catch {
    return { isReady: false, waitsFor: `an answer at ${url}` };
  }
  const body = await answer.json().catch(() => null);
  // Another program at this address may answer 200 as well.
  if (answer.ok && readyStates.has(body?.status)) return { isReady: true, waitsFor: '' };
  const failed = Object.entries(body?.checks ?? {}).filter(([, check]) => check?.ok !== true);
  const waitsFor = failed.length === 0 ? `an answer of luma-sync at ${url}` : failed.map(([name]) => name).join(', ');
  return { isReady: false, waitsFor };
}
