import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { SCHEDULE_PATTERNS } from '@luma-sync/jobs';
import { type LumaSim, startLumaSim } from '@luma-sync/luma-sim';
import { closeQueues, connectRedis, disconnectRedis, openQueues } from '@luma-sync/queue';
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
import { runCli } from '../run-cli.js';

const KEY = 'secret-of-doctor';
const ENCRYPTION_KEY = randomBytes(32).toString('base64');
const keyring = openKeyring(ENCRYPTION_KEY);

let redis: RedisServer;
let ingress: Server;
let publicUrl: string;
let isIngressOurs: boolean;
beforeAll(async () => {
  redis = await startRedisServer();
  ingress = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(isIngressOurs ? '{"status":"ok"}' : '<html>');
  });
  await new Promise<void>((resolve) => ingress.listen(0, '127.0.0.1', resolve));
  publicUrl = `http://127.0.0.1:${(ingress.address() as AddressInfo).port}`;
  atEnd(() => new Promise<void>((resolve) => ingress.close(() => resolve())));
});

let database: TestDatabase;
let db: Database;
let sim: LumaSim;
let calendarId: string;
let webhookId: string;

/** Everything well: a calendar whose webhook stands, a worker for each queue, schedules that fired. */
beforeEach(async () => {
  isIngressOurs = true;
  database = await openTestDatabase();
  db = openDatabase({ url: database.url });
  sim = await startLumaSim({ calendars: [{ id: 'cal-1', name: 'One', apiKeys: [KEY] }] });
  const input = { name: 'Main', kind: 'luma', isDefault: true, apiKey: KEY } as const;
  const added = await inTransaction(db, (tx) => createCalendar(tx, keyring, input));
  if (added.kind !== 'written') throw new Error(added.kind);
  calendarId = added.calendar.id;
  await registerWebhook(`${publicUrl}/webhooks/luma/${calendarId}`);
  for (const queue of ['events', 'guests', 'drift', 'mail']) await report(queue);
  // As old as a system that every schedule has had its turn in.
  await db.$executeRaw`update _prisma_migrations set finished_at = now() - interval '30 days'`;
  for (const [name, pattern] of Object.entries(SCHEDULE_PATTERNS)) {
    const slot = CronExpressionParser.parse(pattern, { tz: 'UTC' }).prev().toDate();
    await db.scheduleSlot.create({ data: { name, slot, firedBy: 'test' } });
  }
});

afterEach(async () => {
  if (isPaused) await pauseQueue('guests', false);
  await sim.close();
  await db.$disconnect();
});

async function registerWebhook(url: string): Promise<void> {
  const made = await fetch(`${sim.url}/v1/webhooks/create`, {
    method: 'POST',
    headers: { 'x-luma-api-key': KEY, 'content-type': 'application/json' },
    body: JSON.stringify({ url, event_types: ['*'] }),
  });
  const { webhook } = (await made.json()) as { webhook: { id: string; secret: string } };
  webhookId = webhook.id;
  await inTransaction(db, (tx) =>
    setCalendarWebhook(tx, keyring, calendarId, { webhookId: webhook.id, secret: webhook.secret }),
  );
}

const report = (queue: string, report: { isConsuming?: boolean; slowKeys?: string[] } = {}): Promise<void> =>
  beatMainThread(
    db,
    { id: `p-${queue}`, app: `${queue}-test`, host: 'here', pid: 1 },
    { queue, isConsuming: true, slowKeys: [], ...report },
  );

async function doctor(env: Record<string, string> = {}, args: string[] = []) {
  const lines: string[] = [];
  const errors: string[] = [];
  const code = await runCli(['doctor', ...args], {
    env: {
      DATABASE_URL: database.url,
      REDIS_URL: redis.url,
      ENCRYPTION_KEY,
      PUBLIC_URL: publicUrl,
      LUMA_API_BASE_URL: sim.url,
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

const ONE_REQUEST = { LUMA_RATE_LIMIT_PER_MINUTE: '11', LUMA_RATE_LIMIT_HEADROOM: '10' };

let isPaused = false;

async function pauseQueue(name: 'guests', pause: boolean): Promise<void> {
  const connection = connectRedis(redis.url, 'failing', 'cli');
  const queues = openQueues(connection, '{luma-sync}');
  await (pause ? queues[name].pause() : queues[name].resume());
  isPaused = pause;
  await closeQueues(queues);
  await disconnectRedis(connection);
}

const operation = (data: object) => ({
  job: 'event.push',
  priority: 1,
  trigger: 'api' as const,
  actor: 'app',
  deadlineAt: new Date(),
  payload: {},
  dedupeKey: crypto.randomUUID(),
  ...data,
});

describe('doctor', () => {
  it('says that all is well, with exit code 0, only when everything was looked at', async () => {
    const { code, out, err } = await doctor();
    expect({ err, code }).toEqual({ err: '', code: 0 });
    expect(out).toMatch(/All is well\.$/);
    expect(out).toContain('✓ Luma’s answer to the key of "Main": accepted');
    expect(out).toContain('✓ Webhook of "Main"');
    expect(out).toContain('✓ Clock of Luma');
    expect(out).not.toMatch(/secret-of|re_secret/);
    const json = await doctor({}, ['--json']);
    expect(JSON.parse(json.out)).toMatchObject({ isWell: true, findings: expect.any(Array) });
  });

  it('names what it could not look at, and does not call that well', async () => {
    const { code, out, err } = await doctor({ PUBLIC_URL: '' });
    expect(code).toBe(1);
    expect(err).toBe('2 could not be looked at');
    expect(out).toContain('? Webhook of "Main": not looked for without a usable PUBLIC_URL');
    const json = await doctor({ PUBLIC_URL: '' }, ['--json']);
    expect(JSON.parse(json.out)).toMatchObject({ isWell: false });
  });

  type Trouble = [name: string, make: () => Promise<unknown>, line: RegExp, env?: Record<string, string>];
  const troubles: Trouble[] = [
    [
      'dead letters by code, with age',
      () =>
        db.operation.createMany({
          data: Array.from({ length: 20 }, () =>
            operation({
              state: 'failed',
              errorCode: 'luma.rejected',
              finishedAt: new Date(Date.now() - 3 * 3_600_000),
              dispatchAt: null,
            }),
          ),
        }),
      /✗ Dead letters, luma\.rejected: 20, the oldest 3 hours old/,
    ],
    [
      'an operation on its ninth attempt',
      () => db.operation.create({ data: operation({ attempts: 8, errorCode: 'luma.unavailable' }) }),
      /✗ Operations, event\.push: 1 on the third or a later attempt, one on its 9th \(luma\.unavailable/,
    ],
    [
      'work that is due and not begun',
      () => db.operation.create({ data: operation({ runAfter: new Date(Date.now() - 600_000) }) }),
      /✗ Operations, event\.push: 1 due and not begun, the oldest for 10 minutes/,
    ],
    [
      'a parked operation',
      () => db.operation.create({ data: operation({ parkedAt: new Date(), runAfter: new Date(Date.now() + 60_000) }) }),
      /✗ Operations: 1 operation parked/,
    ],
    [
      'a dead worker',
      () =>
        db.$executeRaw`update worker_processes set main_seen_at = now() - interval '1 minute' where queue = 'guests'`,
      /✗ Workers of queue guests: none runs; start guest-worker/,
    ],
    [
      'a worker that takes no jobs',
      () => report('mail', { isConsuming: false }),
      /✗ Workers of queue mail: 1 of 1 process finish no jobs/,
    ],
    [
      'a schedule that did not fire',
      () => db.scheduleSlot.deleteMany({ where: { name: 'drift.check' } }),
      /✗ Schedule drift\.check: was due .* did not fire/,
    ],
    [
      'an open breaker',
      async () => {
        const { apiKeyFingerprint } = await db.calendar.findFirstOrThrow();
        await report('events', { slowKeys: [apiKeyFingerprint ?? ''] });
      },
      /✗ Breaker of "Main": is open/,
    ],
    [
      'a missing webhook',
      () =>
        fetch(`${sim.url}/v1/webhooks/delete`, {
          method: 'POST',
          headers: { 'x-luma-api-key': KEY, 'content-type': 'application/json' },
          body: JSON.stringify({ id: webhookId }),
        }),
      /✗ Webhook of "Main": is missing at Luma/,
    ],
    [
      'a paused webhook',
      () =>
        fetch(`${sim.url}/v1/webhooks/update`, {
          method: 'POST',
          headers: { 'x-luma-api-key': KEY, 'content-type': 'application/json' },
          body: JSON.stringify({ id: webhookId, status: 'paused' }),
        }),
      /✗ Webhook of "Main": is paused at Luma/,
    ],
    [
      'a silent webhook',
      () => db.calendar.updateMany({ data: { webhookState: 'silent' } }),
      /✗ Webhook of "Main": is silent/,
    ],
    [
      'one key on two calendars',
      () =>
        inTransaction(db, (tx) =>
          db.calendar
            .findFirstOrThrow()
            .then(({ id: _id, name: _name, isDefault: _is, ...rest }) =>
              tx.calendar.create({ data: { ...rest, coverFallbacks: {}, name: 'Twin', lumaCalendarId: null } }),
            ),
        ),
      /✗ Keys used twice: "Main", "Twin" have the same Luma key/,
    ],
    [
      'an empty pool of an event to come',
      async () => {
        const event = await db.event.create({
          data: {
            source: 'app',
            approval: 'approved',
            title: 'E',
            startsAt: new Date(Date.now() + 86_400_000),
            endsAt: new Date(Date.now() + 90_000_000),
            timezone: 'UTC',
          },
        });
        const pool = await db.couponPool.create({ data: { name: 'Drinks' } });
        const of = { poolId: pool.id, eventId: event.id };
        await db.couponPoolEvent.create({ data: of });
        await db.couponWait.create({ data: { ...of, people: 3, sendEmails: true } });
      },
      /✗ Coupon pool "Drinks": is empty, and 3 guests of "E" went without; import codes: POST \/v1\/coupon-pools\/\{poolId\}\/imports/,
    ],
    [
      'a pool that is nearly empty',
      async () => {
        const times = { startsAt: new Date(), endsAt: new Date(Date.now() + 3_600_000), timezone: 'UTC' };
        const event = await db.event.create({ data: { source: 'app', approval: 'approved', title: 'E', ...times } });
        const codes = { create: Array.from({ length: 10 }, (_, n) => ({ code: `C${n}` })) };
        const data = { name: 'Low', events: { create: { eventId: event.id } }, codes };
        const pool = await db.couponPool.create({ data, include: { codes: true } });
        for (const { id: codeId } of pool.codes.slice(1)) {
          const person = await db.person.create({ data: { origin: 'luma' } });
          await db.couponAssignment.create({
            data: { poolId: pool.id, codeId, personId: person.id, eventId: event.id },
          });
        }
      },
      /✗ Coupon pool "Low": 1 of 10 codes are left/,
    ],
    [
      'a budget that is spent',
      async () => {
        await doctor(ONE_REQUEST);
      },
      /✗ Request budget of "Main": all \d+ requests of its window are spent/,
      ONE_REQUEST,
    ],
    [
      'secrets that ENCRYPTION_KEY does not open',
      async () => {},
      /✗ Stored secrets: \d+ cannot be opened/,
      { ENCRYPTION_KEY: randomBytes(32).toString('base64') },
    ],
    [
      'an address that carries a calendar’s webhook path',
      async () => {},
      /✗ PUBLIC_URL: must be the address of ingress alone: leave out \/webhooks\/luma/,
      { PUBLIC_URL: 'https://sync.example.org/webhooks/luma/default' },
    ],
    [
      'a queue that somebody paused',
      () => pauseQueue('guests', true),
      /✗ Queue guests: is paused; run: luma-sync queues resume guests/,
    ],
    [
      'an open question',
      () =>
        db.removalQuestion.create({
          data: { recordType: 'event', scopeId: calendarId, missing: 5, total: 9, recordIds: [] },
        }),
      /◦ Questions about missing records: 1; see GET \/v1\/removal-questions/,
    ],
    [
      'an open conflict',
      () =>
        db.conflict.create({
          data: { recordType: 'event', recordId: calendarId, field: 'title', rule: 'owner_app', resolution: 'ours' },
        }),
      /◦ Conflicts: 1; see GET \/v1\/conflicts/,
    ],
    [
      'a mail whose fate is unknown',
      () =>
        db.message.create({
          data: { kind: 'coupon', recipient: 'ann@example.org', idempotencyKey: 'k', state: 'unknown' },
        }),
      /◦ Mails whose fate is unknown: 1; see GET \/v1\/messages/,
    ],
    [
      'a mail that was held back',
      async () => {
        await db.calendar.updateMany({ data: { mailOnRsvp: true } });
        const times = { startsAt: new Date(), endsAt: new Date(Date.now() + 3_600_000), timezone: 'UTC' };
        const link = { create: { calendarId, lumaEventId: 'evt-held', state: 'synced' } } as const;
        const event = await db.event.create({
          data: { source: 'app', approval: 'approved', title: 'Held', ...times, link },
        });
        const person = await db.person.create({ data: { origin: 'app', email: 'held@example.org' } });
        const rsvp = await db.rsvp.create({ data: { eventId: event.id, personId: person.id, status: 'going' } });
        await db.rsvpLink.create({
          data: { rsvpId: rsvp.id, lumaGuestId: 'gst-held', state: 'synced', askedRevision: 1, mailHeldRevision: 1 },
        });
      },
      /◦ People whose mail was held back: 1; see luma-sync mails held/,
    ],
    [
      'an address that leads elsewhere',
      async () => {
        isIngressOurs = false;
      },
      /✗ Ingress at PUBLIC_URL: something else answers there/,
    ],
    [
      'an address with a query',
      async () => {},
      /✗ PUBLIC_URL: must have no query and no fragment/,
      { PUBLIC_URL: 'https://sync.example.org/?a=b' },
    ],
    [
      'an address that nothing answers at',
      async () => {},
      /✗ Ingress at PUBLIC_URL: no answer from here/,
      { PUBLIC_URL: 'http://127.0.0.1:1' },
    ],
    [
      'a calendar that takes the default and cannot publish',
      () => db.calendar.updateMany({ data: { apiKeyCipher: null } }),
      /✗ Calendar "Main": is the default and cannot publish/,
    ],
  ];

  it.each(troubles)('does not call %s well', async (_name, make, line, env = {}) => {
    await make();
    const { code, out } = await doctor(env);
    expect(out).toMatch(line);
    expect(out).not.toContain('All is well');
    expect(code).toBe(1);
  });
});
