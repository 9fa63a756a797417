import { describe, expect, it } from '@jest/globals';
import { done } from '@luma-sync/jobs';
import { getRedisUrl, startRedisServer, startTcpProxy, waitFor } from '@luma-sync/testkit';
import { Redis } from 'ioredis';
import { CONSUMPTION, type Consumer, openConsumer } from '../../test/consumer.js';

/** Longer than a worker may be silent, so that one that is wrongly taken for dead has been by then. */
async function letSilencePass(): Promise<void> {
  const until = performance.now() + 1.5 * CONSUMPTION.deadMs;
  await waitFor(() => performance.now() > until, { what: 'a while to pass', limitMs: 10 * CONSUMPTION.deadMs });
}

const isNoticed = ({ worker }: Consumer) =>
  waitFor(() => !worker.isConsuming, { what: 'the silence to be noticed', limitMs: 60_000 });

/** On a starved machine an idle fetch is answered late, and the worker is taken for silent until then. */
const isHeard = ({ worker }: Consumer) =>
  waitFor(() => worker.isConsuming, { what: 'the worker to take jobs', limitMs: 60_000 });

describe('a worker that hears nothing although Redis answers others', () => {
  it('is noticed, and told so once', async () => {
    const road = await startTcpProxy(getRedisUrl());
    const consumer = await openConsumer({ workerUrl: road.through(getRedisUrl()) });
    await consumer.consume();
    await isHeard(consumer);
    // New connections too: nothing that the worker does for itself can help.
    road.blackhole();
    await isNoticed(consumer);
    await waitFor(() => consumer.deaths() > 0, { what: 'its process to be told', limitMs: 60_000 });
    await letSilencePass();
    expect(consumer.deaths()).toBe(1);
  });

  it('is noticed when it never heard anything', async () => {
    const road = await startTcpProxy(getRedisUrl());
    road.blackhole();
    const consumer = await openConsumer({ workerUrl: road.through(getRedisUrl()) });
    await waitFor(() => consumer.deaths() > 0, { what: 'its process to be told', limitMs: 60_000 });
  });
});

it('a worker closes although Redis never says another word, with a run that never ends', async () => {
  const road = await startTcpProxy(getRedisUrl());
  const consumer = await openConsumer({
    workerUrl: road.through(getRedisUrl()),
    handler: () => new Promise(() => {}),
  });
  await consumer.consume();
  road.blackhole();
  let isClosed = false;
  void consumer.worker.close(0).then(() => {
    isClosed = true;
  });
  await waitFor(() => isClosed, { what: 'it to be closed', limitMs: 30_000 });
});

describe('a worker goes on by itself', () => {
  it('when it is idle, and when every place is taken for long', async () => {
    let end = (): void => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const idle = await openConsumer();
    const busy = await openConsumer({ concurrency: 1, handler: () => ended.then(() => done()) });
    await busy.consume();
    await letSilencePass();
    for (const consumer of [idle, busy]) {
      await isHeard(consumer);
      expect(consumer.deaths()).toBe(0);
    }
    end();
    await busy.consume();
    await idle.consume();
  });

  it('when its connections are killed at the server', async () => {
    const redis = await startRedisServer();
    const consumer = await openConsumer({ redisUrl: redis.url });
    await consumer.consume();
    const admin = new Redis(redis.url);
    try {
      expect(await admin.client('KILL', 'TYPE', 'normal', 'SKIPME', 'yes')).toBeGreaterThan(2);
    } finally {
      admin.disconnect();
    }
    await consumer.consume();
    expect(consumer.deaths()).toBe(0);
  });

  it('when a firewall forgets its connections, which stand and say nothing', async () => {
    const road = await startTcpProxy(getRedisUrl());
    const url = road.through(getRedisUrl());
    // Slower to give up than the connections are to heal.
    const consumer = await openConsumer({ workerUrl: url, probeUrl: url });
    await consumer.consume();
    road.forget();
    await consumer.consume();
    await isHeard(consumer);
  });
});

describe('an outage of Redis is no death of a worker: a new one would hear as little', () => {
  it.each<[string, (road: Awaited<ReturnType<typeof startTcpProxy>>) => unknown]>([
    ['gone', (road) => road.cut()],
    ['silent', (road) => road.blackhole()],
  ])('%s', async (_how, goAway) => {
    const road = await startTcpProxy(getRedisUrl());
    const url = road.through(getRedisUrl());
    const consumer = await openConsumer({ workerUrl: url, probeUrl: url });
    await consumer.consume();
    await goAway(road);
    await isNoticed(consumer);
    await letSilencePass();
    expect(consumer.deaths()).toBe(0);
    await road.resume();
    await consumer.consume();
    await isHeard(consumer);
    expect(consumer.deaths()).toBe(0);
  });

  it.each<[string, (admin: Redis) => Promise<unknown>, (admin: Redis) => Promise<unknown>]>([
    ['paused', (admin) => admin.client('PAUSE', 60_000, 'WRITE'), (admin) => admin.client('UNPAUSE')],
    ['read-only after a failover', (admin) => admin.replicaof('127.0.0.1', 1), (admin) => admin.replicaof('NO', 'ONE')],
    [
      'out of memory',
      (admin) => admin.config('SET', 'maxmemory', '1'),
      (admin) => admin.config('SET', 'maxmemory', '0'),
    ],
  ])('%s', async (_how, begin, end) => {
    const redis = await startRedisServer();
    const consumer = await openConsumer({ redisUrl: redis.url });
    await consumer.consume();
    const admin = new Redis(redis.url);
    try {
      await begin(admin);
      await letSilencePass();
      expect(consumer.deaths()).toBe(0);
      await end(admin);
      await consumer.consume();
      expect(consumer.deaths()).toBe(0);
    } finally {
      admin.disconnect();
    }
  });
});
