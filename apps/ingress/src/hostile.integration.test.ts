import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { signWebhook } from '@luma-sync/luma-contract';
import { HOSTILE_INPUTS, type HostileTarget, playHostileInput, watchEventLoop } from '@luma-sync/testkit';
import { eventBody, openIngress, WEBHOOK_SECRET } from '../test/open-ingress.js';

/**
 * No request may keep all others waiting. 50 ms is the goal; this machine may be slower than the one that the figure is
 * for, so the bound is a multiple of work that takes some 50 ms there and is done here in the same run.
 */
const TURNS_MAX = 3;

let target: HostileTarget;
let unitMs: number;

beforeAll(async () => {
  const ingress = await openIngress();
  await ingress.call('PUT', '/v1/events/hostile', eventBody);
  const pool = await ingress.call('POST', '/v1/coupon-pools', { name: 'Hostile', events: ['hostile'] });
  target = {
    url: ingress.url,
    key: await ingress.keyWith(['write']),
    poolId: pool.body.pool.id,
    calendarId: ingress.calendarId,
    sign: (rawBody) =>
      signWebhook({ secret: WEBHOOK_SECRET, rawBody, timestampSeconds: Math.floor(Date.now() / 1_000) }),
  };
  // What is compiled and opened at the first request of each kind is no part of what follows.
  for (const input of HOSTILE_INPUTS.slice(-3)) await playHostileInput(input, target);
  unitMs = measureUnit();
});

/** Hashes 60 MB: 50 ms on one core of a small cloud machine. */
function measureUnit(): number {
  const bytes = Buffer.alloc(20 * 1024 * 1024, 'a');
  const times = Array.from({ length: 5 }, () => {
    const before = process.cpuUsage();
    createHash('sha256').update(bytes).update(bytes).update(bytes).digest();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000;
  });
  return Math.max(...times);
}

describe('a hostile request holds up no other', () => {
  it.each(HOSTILE_INPUTS.map((input) => [input.name, input] as const))('%s', async (_name, input) => {
    const watches = [];
    // The collector of garbage and a busy machine take their time at random; the request takes its own each time.
    for (let round = 0; round < 3; round += 1) {
      watches.push(await watchEventLoop(() => playHostileInput(input, target)));
      if ((watches.at(-1)?.turnCpuMs ?? 0) <= TURNS_MAX * unitMs) break;
    }
    for (const { result } of watches) expect(input.statuses).toContain(result);
    expect(Math.min(...watches.map(({ turnCpuMs }) => turnCpuMs))).toBeLessThanOrEqual(TURNS_MAX * unitMs);
  });
});
