import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeAll, beforeEach, expect } from '@jest/globals';
import { SCHEDULE_PATTERNS } from '@luma-sync/jobs';
import { type LumaSim, startLumaSim } from '@luma-sync/luma-sim';
import {
  beatMainThread,
  createCalendar,
  type Database,
  inTransaction,
  openDatabase,
  openKeyring,
  setCalendarWebhook,
} from '@luma-sync/store';
import { atEnd, openTestDatabase, type RedisServer, startRedisServer, type TestDatabase } from '@luma-sync/testkit';
import { CronExpressionParser } from 'cron-parser';
import { runCli } from '../src/run-cli.js';

const KEY = 'secret-of-doctor';
const ENCRYPTION_KEY = randomBytes(32).toString('base64');

export interface DoctorWorld {
  keyring: ReturnType<typeof openKeyring>;
  redis: RedisServer;
  database: TestDatabase;
  db: Database;
  sim: LumaSim;
  calendarId: string;
  webhookId: string;
  publicUrl: string;
  /** What ingress answers to every request. */
  ingress: { status: number; body: string };
}

/** Everything well before each test: a calendar whose webhook stands, a worker for each queue, schedules that fired. */
export function useDoctorWorld(): DoctorWorld {
  const world = { keyring: openKeyring(ENCRYPTION_KEY) } as DoctorWorld;
  let server: Server;
  beforeAll(async () => {
    world.redis = await startRedisServer();
    server = createServer((_request, response) => {
      response.writeHead(world.ingress.status, { 'content-type': 'application/json' }).end(world.ingress.body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    world.publicUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    atEnd(() => new Promise<void>((resolve) => server.close(() => resolve())));
  });
  beforeEach(() => open(world));
  afterEach(async () => {
    await world.db.$disconnect();
    await world.sim.close();
    expect(world.sim.control.outside()).toEqual({ count: 0, entries: [] });
  });
  return world;
}

async function open(world: DoctorWorld): Promise<void> {
  world.ingress = { status: 200, body: '{"status":"ok"}' };
  world.database = await openTestDatabase();
  world.db = openDatabase({ url: world.database.url });
  world.sim = await startLumaSim({ calendars: [{ id: 'cal-1', name: 'One', apiKeys: [KEY] }] });
  const input = { name: 'Main', kind: 'luma', isDefault: true, apiKey: KEY } as const;
  const added = await inTransaction(world.db, (tx) => createCalendar(tx, world.keyring, input));
  if (added.kind !== 'written') throw new Error(added.kind);
  world.calendarId = added.calendar.id;
  await registerWebhook(world, `${world.publicUrl}/webhooks/luma/${world.calendarId}`);
  for (const queue of ['events', 'guests', 'drift', 'mail']) await reportWorker(world, queue);
  // As old as a system that every schedule has had its turn in.
  await world.db.$executeRaw`update _prisma_migrations set finished_at = now() - interval '30 days'`;
  for (const [name, pattern] of Object.entries(SCHEDULE_PATTERNS)) {
    const slot = CronExpressionParser.parse(pattern, { tz: 'UTC' }).prev().toDate();
    await world.db.scheduleSlot.create({ data: { name, slot, firedBy: 'test' } });
  }
}

export async function callLuma({ sim }: DoctorWorld, path: string, body: object): Promise<unknown> {
  const answer = await fetch(`${sim.url}${path}`, {
    method: 'POST',
    headers: { 'x-luma-api-key': KEY, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect([path, answer.status]).toEqual([path, 200]);
  return answer.json();
}

export async function registerWebhook(world: DoctorWorld, url: string): Promise<void> {
  const made = await callLuma(world, '/v2/webhooks/create', { url, event_types: ['*'] });
  const { id, secret } = made as { id: string; secret: string };
  world.webhookId = id;
  await inTransaction(world.db, (tx) =>
    setCalendarWebhook(tx, world.keyring, world.calendarId, { webhookId: id, secret, refusedTypes: [] }),
  );
}

export const reportWorker = (
  { db }: DoctorWorld,
  queue: string,
  report: { isConsuming?: boolean; slowKeys?: string[] } = {},
): Promise<void> =>
  beatMainThread(
    db,
    { id: `p-${queue}`, app: `${queue}-test`, host: 'here', pid: 1 },
    { queue, isConsuming: true, slowKeys: [], ...report },
  );

/** The command in a process of this world, with some settings changed. */
export async function runDoctor(world: DoctorWorld, env: Record<string, string> = {}, args: string[] = []) {
  const lines: string[] = [];
  const errors: string[] = [];
  const code = await runCli(['doctor', ...args], {
    env: {
      DATABASE_URL: world.database.url,
      REDIS_URL: world.redis.url,
      ENCRYPTION_KEY,
      PUBLIC_URL: world.publicUrl,
      LUMA_API_BASE_URL: world.sim.url,
      OPERATOR_PASSWORD: 'a long password',
      RESEND_API_KEY: 're_secret_of_resend',
      MAIL_FROM: 'Events <events@example.org>',
      ...env,
    },
    print: (line) => void lines.push(line),
    printError: (line) => void errors.push(line),
  });
  return { code, out: lines.join('\n'), err: errors.join('\n') };
}
