import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { atEnd, spawnNode, startRedisServer, type TestProcess } from './index.js';

async function runScript(source: string): Promise<TestProcess> {
  const dir = await mkdtemp(join(tmpdir(), 'luma-sync-spawn-'));
  atEnd(() => rm(dir, { recursive: true, force: true }));
  await writeFile(join(dir, 'main.mjs'), source);
  return spawnNode(join(dir, 'main.mjs'), { env: { GREETING: 'hello' } });
}

describe('spawnNode', () => {
  it('gives a process its settings and nothing else of ours', async () => {
    process.env.LEAK = 'leaked';
    const child = await runScript('console.log(process.env.GREETING, process.env.LEAK)');
    expect(await child.exited).toEqual({ code: 0, signal: null });
    expect(child.output()).toBe('hello undefined\n');
  });

  it('kills a process that does not stop by itself', async () => {
    const child = await runScript(
      `process.on('SIGTERM', () => console.log('no')); setInterval(() => {}, 1000); console.log('up')`,
    );
    await child.waitForOutput('up');
    expect(await child.stop(300)).toEqual({ code: null, signal: 'SIGKILL' });
    expect(child.output()).toContain('no');
  });

  it('tells at once, with its words, that a process ended before it said something', async () => {
    const child = await runScript(`console.error('port taken'); process.exit(3)`);
    await expect(child.waitForOutput('ready', 60_000)).rejects.toThrow('port taken');
  });
});

describe('startRedisServer', () => {
  it('comes back empty at the same address after it was killed', async () => {
    const server = await startRedisServer();
    const client = new Redis(server.url, {
      retryStrategy: () => 20,
      maxRetriesPerRequest: null,
      disconnectTimeout: 50,
    });
    client.on('error', () => {});
    atEnd(async () => void (await client.quit()));
    await client.set('a', '1');
    await server.kill();
    await server.start();
    expect(await client.get('a')).toBeNull();
    await client.set('a', '2');
    await server.flush();
    expect(await client.get('a')).toBeNull();
    expect(await client.config('GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction']);
  });
});
