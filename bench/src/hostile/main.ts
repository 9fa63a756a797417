import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { signWebhook } from '@luma-sync/luma-contract';
import { HOSTILE_INPUTS, type HostileTarget, playHostileInput } from '@luma-sync/testkit';
import Table from 'cli-table3';

/*
 * Plays every hostile input against an ingress that runs, and asks it for its health all the while. An answer is late
 * by as much as the event loop stands still, so the longest one tells of each input how long that was, as every other
 * caller sees it.
 */

const PROBE_MS = 2;
/** What an input may cost another caller. */
const GOAL_MS = 50;

const { values } = parseArgs({
  options: {
    url: { type: 'string', default: process.env.LUMA_SYNC_URL ?? 'http://127.0.0.1:8080' },
    key: { type: 'string', default: process.env.LUMA_SYNC_API_KEY ?? '' },
    only: { type: 'string' },
  },
});
if (values.key === '') throw new Error('give a key with the scope admin: --key, or LUMA_SYNC_API_KEY');

/** The event of the pool. Its host may not publish it, so that nothing of it is sent to Luma. */
const DRAFT = {
  title: 'Hostile inputs',
  startsAt: '2099-01-01T18:00:00Z',
  timezone: 'UTC',
  host: { externalId: 'hostile', role: 'none' },
};
const target = await prepareTarget();
// The first of everything is slow.
for (let round = 0; round < 20; round += 1) await askHealth();
const quiet = await watch(() => pause(3_000));
const table = new Table({
  head: ['input', 'status', 'answer ms', 'others waited ms'],
  style: { head: [], compact: true },
});
let worst = { name: 'none', waitedMs: 0 };
let wrong = 0;
const inputs = HOSTILE_INPUTS.filter(({ name }) => name.includes(values.only ?? ''));
for (const input of inputs) {
  const startedAt = performance.now();
  const { longestMs, result: status } = await watch(() => playHostileInput(input, target));
  const isRight = input.statuses.includes(status);
  if (!isRight) wrong += 1;
  if (longestMs > worst.waitedMs) worst = { name: input.name, waitedMs: longestMs };
  table.push([
    input.name,
    isRight ? status : `${status} (wrong)`,
    (performance.now() - startedAt).toFixed(0),
    longestMs.toFixed(0),
  ]);
}
process.stdout.write(`${table.toString()}\n`);
process.stdout.write(
  `hostile: ${inputs.length} inputs, ${wrong} answered wrongly, others waited ${worst.waitedMs.toFixed(0)} ms ` +
    'at most ' +
    `(${worst.name}; ${quiet.longestMs.toFixed(0)} ms without any; goal ${GOAL_MS})\n`,
);
// The times are those of a machine that did other things as well: they are printed and not judged.
process.exitCode = wrong === 0 ? 0 : 1;

async function askHealth(): Promise<number> {
  const startedAt = performance.now();
  await (await fetch(`${values.url}/healthz`)).arrayBuffer();
  return performance.now() - startedAt;
}

async function watch<T>(work: () => Promise<T>): Promise<{ longestMs: number; result: T }> {
  let longestMs = 0;
  let isWatching = true;
  const probing = (async () => {
    while (isWatching) {
      longestMs = Math.max(longestMs, await askHealth());
      await pause(PROBE_MS);
    }
  })();
  const result = await work().finally(() => {
    isWatching = false;
  });
  await probing;
  return { longestMs, result };
}

/**
 * A calendar and a pool of its own. The calendar's key is none of Luma's: nothing is sent there but what a first look
 * at it costs.
 */
async function prepareTarget(): Promise<HostileTarget> {
  const secret = `whsec_${randomBytes(24).toString('base64url')}`;
  const name = `hostile ${randomUUID()}`;
  const { calendar } = await call<{ calendar: { id: string } }>('POST', '/v1/calendars', {
    name,
    kind: 'manual',
    webhookSecret: secret,
  });
  await call('PUT', `/v1/events/${encodeURIComponent(name)}`, { ...DRAFT, calendarId: calendar.id });
  const { pool } = await call<{ pool: { id: string } }>('POST', '/v1/coupon-pools', { name, events: [name] });
  return {
    url: values.url,
    key: values.key,
    calendarId: calendar.id,
    poolId: pool.id,
    sign: (rawBody) => signWebhook({ secret, rawBody, timestampSeconds: Math.floor(Date.now() / 1_000) }),
  };
}

async function call<T>(method: 'POST' | 'PUT', path: string, body: object): Promise<T> {
  const response = await fetch(`${values.url}${path}`, {
    method,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${values.key}` },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${method} ${path} was answered with ${response.status}`);
  return (await response.json()) as T;
}
