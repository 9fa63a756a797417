import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, connect, createServer } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { atEnd } from '@luma-sync/testkit';
import { runDoctor, useDoctorWorld } from '../../test/doctor-world.js';

const world = useDoctorWorld();
const doctor = (env: Record<string, string> = {}, args: string[] = []) => runDoctor(world, env, args);

/** Not a name of this machine to doctor, and yet it leads to it. */
const asElsewhere = (url: string): string => url.replace('127.0.0.1', '0.0.0.0');

/** A Redis whose clock is `aheadS` seconds ahead: the answer to TIME is changed on its way. */
async function startAheadRedis(aheadS: number): Promise<string> {
  const server = createServer((client) => {
    const redis = connect(world.redis.port, '127.0.0.1');
    client.pipe(redis);
    redis.on('data', (bytes) => {
      const text = bytes.toString('latin1');
      const changed = text.replace(
        /\*2\r\n\$10\r\n(\d{10})\r\n/,
        (_all, seconds: string) => `*2\r\n$10\r\n${Number(seconds) + aheadS}\r\n`,
      );
      client.write(changed, 'latin1');
    });
    for (const socket of [client, redis]) socket.on('error', () => {}).on('close', () => client.destroy());
    client.on('close', () => redis.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  atEnd(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return `redis://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Luma, whose `Date` is `aheadMs` ahead. */
async function startAheadLuma(aheadMs: number): Promise<string> {
  const server = createHttpServer(async (request, response) => {
    const answer = await fetch(`${world.sim.url}${request.url}`, {
      headers: { 'x-luma-api-key': String(request.headers['x-luma-api-key']) },
    });
    const date = new Date(Date.now() + aheadMs).toUTCString();
    response.writeHead(answer.status, { 'content-type': 'application/json', date }).end(await answer.text());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  atEnd(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('doctor, about clocks', () => {
  it('finds a clock of Postgres that is off', async () => {
    await world.db.$executeRawUnsafe('create schema skewed');
    await world.db.$executeRawUnsafe(
      "create function skewed.now() returns timestamptz language sql as 'select pg_catalog.now() + interval ''9 s'''",
    );
    const name = new URL(world.database.url).pathname.slice(1);
    await world.db.$executeRawUnsafe(`alter database "${name}" set search_path = public, skewed, pg_catalog`);
    const { code, out } = await doctor();
    expect(out).toMatch(/✗ Clock of Postgres: is (8\.[5-9]|9\.\d) s ahead of this machine’s/);
    expect(code).toBe(1);
  });

  it('finds a clock of Redis that is off', async () => {
    const { code, out } = await doctor({ REDIS_URL: await startAheadRedis(-7) });
    expect(out).toMatch(/✗ Clock of Redis: is (6\.[5-9]|7\.\d) s behind this machine’s/);
    expect(code).toBe(1);
  });

  it('finds a clock of Luma that is off', async () => {
    const { code, out } = await doctor({ LUMA_API_BASE_URL: await startAheadLuma(60_000) });
    expect(out).toMatch(/✗ Clock of Luma, by the key of "Main": is (59|60)\.\d s ahead of this machine’s/);
    expect(code).toBe(1);
  });
});

describe('doctor, about disks and memory', () => {
  it('finds the disk of a Postgres elsewhere nearly full, and says when it cannot see it', async () => {
    const env = { DATABASE_URL: asElsewhere(world.database.url) };
    const unseen = await doctor(env);
    expect(unseen.out).toMatch(/\? Disk of Postgres: cannot be seen from here/);
    expect(unseen.code).toBe(1);
    const full = await doctor(env, ['--postgres-disk-gb', '0.001']);
    expect(full.out).toMatch(/✗ Disk of Postgres: .* used; give it more space/);
    expect(full.code).toBe(1);
    expect((await doctor(env, ['--postgres-disk-gb', '10000'])).out).toContain('✓ Disk of Postgres');
  });

  it('finds the disk of a Redis elsewhere nearly full, and says when it cannot see it', async () => {
    await world.redis.command('config', 'set', 'appendonly', 'yes');
    await world.redis.command('set', 'large', 'x'.repeat(2_000_000));
    const env = { REDIS_URL: asElsewhere(world.redis.url) };
    expect((await doctor(env)).out).toMatch(/\? Disk of Redis: cannot be seen from here/);
    const full = await doctor(env, ['--redis-disk-gb', '0.001']);
    expect(full.out).toMatch(/✗ Disk of Redis: .* used; give it more space/);
    expect(full.code).toBe(1);
    expect((await doctor(env, ['--redis-disk-gb', '10000'])).out).toContain('✓ Disk of Redis');
    await world.redis.command('config', 'set', 'appendonly', 'no');
  });

  it('finds the memory of Redis nearly full', async () => {
    await world.redis.command('set', 'large', 'x'.repeat(6_000_000));
    await world.redis.command('config', 'set', 'maxmemory', '6600000');
    const { code, out } = await doctor();
    await world.redis.command('config', 'set', 'maxmemory', '0');
    await world.redis.flush();
    expect(out).toMatch(/✗ Memory of Redis: .* used; give it more/);
    expect(code).toBe(1);
  });

  it('finds a Redis that may throw jobs away', async () => {
    await world.redis.command('config', 'set', 'maxmemory-policy', 'allkeys-lru');
    const { code, out } = await doctor();
    await world.redis.command('config', 'set', 'maxmemory-policy', 'noeviction');
    expect(out).toMatch(/✗ Redis maxmemory-policy: is allkeys-lru/);
    expect(code).toBe(1);
  });
});

describe('doctor, about keys', () => {
  it('finds a key that Luma refuses', async () => {
    world.sim.control.changeCalendar('cal-1', { apiKeys: ['secret-of-another'] });
    const { code, out } = await doctor();
    expect(out).toMatch(/✗ Luma’s answer to the key of "Main": Luma does not accept it/);
    expect(code).toBe(1);
  });

  it('finds a Luma that cannot be reached', async () => {
    const { code, out } = await doctor({ LUMA_API_BASE_URL: 'http://127.0.0.1:1' });
    expect(out).toMatch(/✗ Luma’s answer to the key of "Main": Luma cannot be reached from here/);
    expect(code).toBe(1);
  });
});
