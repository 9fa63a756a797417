import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import { closeQueues, connectRedis, disconnectRedis, openQueues } from '@luma-sync/queue';
import { inTransaction, noteFailedTest, setCalendarWebhook } from '@luma-sync/store';
import { listMissingTypes } from '@luma-sync/sync';
import { callLuma, registerWebhook, reportWorker, runDoctor, useDoctorWorld } from '../../test/doctor-world.js';

const world = useDoctorWorld();
const doctor = (env: Record<string, string> = {}, args: string[] = []) => runDoctor(world, env, args);

const WITHOUT_CANCELED = listMissingTypes({ event_types: [] }).filter((type) => type !== 'event.canceled');

const ONE_REQUEST = { LUMA_RATE_LIMIT_PER_MINUTE: '11', LUMA_RATE_LIMIT_HEADROOM: '10' };

let isPaused = false;

async function pauseQueue(name: 'guests', pause: boolean): Promise<void> {
  const connection = connectRedis(world.redis.url, 'failing', 'cli');
  const queues = openQueues(connection, '{luma-sync}');
  await (pause ? queues[name].pause() : queues[name].resume());
  isPaused = pause;
  await closeQueues(queues);
  await disconnectRedis(connection);
}

afterEach(async () => {
  if (isPaused) await pauseQueue('guests', false);
});

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

  it('takes a webhook that names the calendar for the calendar’s own', async () => {
    await world.db.calendar.updateMany({ data: { name: 'Höhle Süd' } });
    await callLuma(world, '/v1/webhooks/delete', { id: world.webhookId });
    await registerWebhook(world, `${world.publicUrl}/webhooks/luma/H%c3%b6hle%20S%c3%bcd/`);
    const { out, code } = await doctor();
    expect(out).toContain('✓ Webhook of "Höhle Süd"');
    expect(code).toBe(0);
  });

  /** Right after both commands of the README, on a laptop: there is nothing to repair. */
  it('calls it well that no webhook stands where Luma cannot reach PUBLIC_URL, and says so', async () => {
    await callLuma(world, '/v1/webhooks/delete', { id: world.webhookId });
    const { out, code } = await doctor();
    expect(out).toContain(
      '· Webhook of "Main": none, since Luma cannot reach PUBLIC_URL (a public https address is needed); ' +
        'changes at Luma are found by polling',
    );
    expect(out).toMatch(/All is well\.$/);
    expect(code).toBe(0);
  });

  it('names the types of webhook that Luma refuses, with its words, and asks nobody to register them', async () => {
    await callLuma(world, '/v2/webhooks/update', { id: world.webhookId, event_types: WITHOUT_CANCELED });
    const refused = [{ type: 'event.canceled', message: 'Unknown type' }];
    await world.db.calendar.updateMany({ data: { webhookRefusedTypes: refused } });
    const { out, code } = await doctor();
    expect(out).toContain(
      '· Webhook of "Main": Luma refuses event.canceled (Unknown type); changes of that kind are found by polling',
    );
    expect(code).toBe(0);
  });

  it('names a pool that no guest pull uses', async () => {
    await world.db.couponPool.create({ data: { name: 'Left over' } });
    const { out } = await doctor();
    expect(out).toContain('· Coupon pool "Left over": has no event, so no guest pull uses it');
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
        world.db.operation.createMany({
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
      () => world.db.operation.create({ data: operation({ attempts: 8, errorCode: 'luma.unavailable' }) }),
      /✗ Operations, event\.push: 1 on the third or a later attempt, one on its 9th \(luma\.unavailable/,
    ],
    [
      'work that is due and not begun',
      () => world.db.operation.create({ data: operation({ runAfter: new Date(Date.now() - 600_000) }) }),
      /✗ Operations, event\.push: 1 due and not begun, the oldest for 10 minutes/,
    ],
    [
      'a parked operation',
      () =>
        world.db.operation.create({
          data: operation({ parkedAt: new Date(), runAfter: new Date(Date.now() + 60_000) }),
        }),
      /✗ Operations: 1 operation parked/,
    ],
    [
      'a dead worker',
      () =>
        world.db
          .$executeRaw`update worker_processes set main_seen_at = now() - interval '1 minute' where queue = 'guests'`,
      /✗ Workers of queue guests: none runs; start guest-worker/,
    ],
    [
      'a worker that takes no jobs',
      () => reportWorker(world, 'mail', { isConsuming: false }),
      /✗ Workers of queue mail: 1 of 1 process finish no jobs/,
    ],
    [
      'a schedule that did not fire',
      () => world.db.scheduleSlot.deleteMany({ where: { name: 'drift.check' } }),
      /✗ Schedule drift\.check: was due .* did not fire/,
    ],
    [
      'an open breaker',
      async () => {
        const { apiKeyFingerprint } = await world.db.calendar.findFirstOrThrow();
        await reportWorker(world, 'events', { slowKeys: [apiKeyFingerprint ?? ''] });
      },
      /✗ Breaker of "Main": is open/,
    ],
    [
      'a missing webhook',
      () => callLuma(world, '/v1/webhooks/delete', { id: world.webhookId }),
      /✗ Webhook of "Main": is missing at Luma/,
      { PUBLIC_URL: 'https://sync.example.org' },
    ],
    [
      'a calendar whose last test failed',
      () => noteFailedTest(world.db, world.calendarId, { code: 'luma.unreachable', reason: 'Luma cannot be reached' }),
      /✗ Calendar "Main": disconnected for 0 minutes, Luma cannot be reached; look at .*test-connection/,
    ],
    [
      'a calendar that takes events by its place and cannot publish them',
      () =>
        world.db.calendar.create({
          data: { name: 'Nearby', kind: 'luma', routingLat: 48.1, routingLng: 11.5, routingRadiusKm: 5 },
        }),
      /✗ Calendar "Nearby": takes events by its routing circle and cannot publish: it needs an API key/,
    ],
    [
      'a paused webhook',
      () => callLuma(world, '/v2/webhooks/update', { id: world.webhookId, status: 'paused' }),
      /✗ Webhook of "Main": is paused at Luma/,
    ],
    [
      'a silent webhook',
      () => world.db.calendar.updateMany({ data: { webhookState: 'silent' } }),
      /✗ Webhook of "Main": is silent/,
    ],
    [
      'one key on two calendars',
      () =>
        inTransaction(world.db, (tx) =>
          world.db.calendar.findFirstOrThrow().then(({ id: _id, name: _name, isDefault: _is, ...rest }) =>
            tx.calendar.create({
              data: { ...rest, coverFallbacks: {}, webhookRefusedTypes: [], name: 'Twin', lumaCalendarId: null },
            }),
          ),
        ),
      /✗ Keys used twice: "Main", "Twin" have the same Luma key/,
    ],
    [
      'an empty pool of an event to come',
      async () => {
        const event = await world.db.event.create({
          data: {
            source: 'app',
            approval: 'approved',
            title: 'E',
            startsAt: new Date(Date.now() + 86_400_000),
            endsAt: new Date(Date.now() + 90_000_000),
            timezone: 'UTC',
          },
        });
        const pool = await world.db.couponPool.create({ data: { name: 'Drinks' } });
        const of = { poolId: pool.id, eventId: event.id };
        await world.db.couponPoolEvent.create({ data: of });
        await world.db.couponWait.create({ data: { ...of, people: 3, sendEmails: true } });
      },
      /✗ Coupon pool "Drinks": is empty, and 3 guests of "E" went without; import codes: POST \/v1\/coupon-pools\/[0-9a-f-]{36}\/imports/,
    ],
    [
      'a pool that is nearly empty',
      async () => {
        const times = { startsAt: new Date(), endsAt: new Date(Date.now() + 3_600_000), timezone: 'UTC' };
        const event = await world.db.event.create({
          data: { source: 'app', approval: 'approved', title: 'E', ...times },
        });
        const codes = { create: Array.from({ length: 10 }, (_, n) => ({ code: `C${n}` })) };
        const data = { name: 'Low', events: { create: { eventId: event.id } }, codes };
        const pool = await world.db.couponPool.create({ data, include: { codes: true } });
        for (const { id: codeId } of pool.codes.slice(1)) {
          const person = await world.db.person.create({ data: { origin: 'luma' } });
          await world.db.couponAssignment.create({
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
        world.db.removalQuestion.create({
          data: { recordType: 'event', scopeId: world.calendarId, missing: 5, total: 9, recordIds: [] },
        }),
      /◦ Questions about missing records: 1; see GET \/v1\/removal-questions/,
    ],
    [
      'an open conflict',
      () =>
        world.db.conflict.create({
          data: {
            recordType: 'event',
            recordId: world.calendarId,
            field: 'title',
            rule: 'owner_app',
            resolution: 'ours',
          },
        }),
      /◦ Conflicts: 1; see GET \/v1\/conflicts/,
    ],
    [
      'a mail whose fate is unknown',
      () =>
        world.db.message.create({
          data: { kind: 'coupon', recipient: 'ann@example.org', idempotencyKey: 'k', state: 'unknown' },
        }),
      /◦ Mails whose fate is unknown: 1; see GET \/v1\/messages/,
    ],
    [
      'a mail that was held back',
      async () => {
        await world.db.calendar.updateMany({ data: { mailOnRsvp: true } });
        const times = { startsAt: new Date(), endsAt: new Date(Date.now() + 3_600_000), timezone: 'UTC' };
        const link = { create: { calendarId: world.calendarId, lumaEventId: 'evt-held', state: 'synced' } } as const;
        const event = await world.db.event.create({
          data: { source: 'app', approval: 'approved', title: 'Held', ...times, link },
        });
        const person = await world.db.person.create({ data: { origin: 'app', email: 'held@example.org' } });
        const rsvp = await world.db.rsvp.create({ data: { eventId: event.id, personId: person.id, status: 'going' } });
        await world.db.rsvpLink.create({
          data: { rsvpId: rsvp.id, lumaGuestId: 'gst-held', state: 'synced', askedRevision: 1, mailHeldRevision: 1 },
        });
      },
      /◦ People whose mail was held back: 1; see luma-sync mails held/,
    ],
    [
      'an address that leads elsewhere',
      async () => {
        world.ingress = { status: 200, body: '<html>' };
      },
      /✗ Ingress at PUBLIC_URL: something else answers there/,
    ],
    [
      'an address at which another server answers',
      async () => {
        world.ingress = { status: 404, body: '{}' };
      },
      /✗ Ingress at PUBLIC_URL: something else answers there \(404\)/,
    ],
    [
      'a webhook whose secret is another one at Luma',
      () =>
        inTransaction(world.db, (tx) =>
          setCalendarWebhook(tx, world.keyring, world.calendarId, {
            webhookId: world.webhookId,
            secret: 'whsec_of_an_earlier_one',
            refusedTypes: [],
          }),
        ).then(() => world.db.calendar.updateMany({ data: { previousWebhookSecretCipher: null } })),
      /✗ Webhook of "Main": has another secret at Luma than here, so deliveries are refused/,
    ],
    [
      'a webhook whose secret is not known here',
      () => world.db.calendar.updateMany({ data: { webhookSecretCipher: null } }),
      /✗ Webhook of "Main": stands at Luma, and its secret is not known here/,
    ],
    [
      'a webhook that lacks types',
      () => callLuma(world, '/v2/webhooks/update', { id: world.webhookId, event_types: ['event.created'] }),
      /✗ Webhook of "Main": does not ask for .*guest\.updated/,
    ],
    [
      'an operation on its third attempt',
      () => world.db.operation.create({ data: operation({ attempts: 2, errorCode: 'luma.unavailable' }) }),
      /✗ Operations, event\.push: 1 on the third or a later attempt, one on its 3rd /,
    ],
    [
      'an open question of a backfill',
      async () => {
        const times = { startsAt: new Date(), endsAt: new Date(Date.now() + 3_600_000), timezone: 'UTC' };
        const data = { source: 'app', approval: 'approved', title: 'E', ...times } as const;
        const { id: eventId } = await world.db.event.create({ data });
        const ids = { calendarId: world.calendarId, eventId, lumaEventId: 'evt-1' };
        await world.db.backfillQuestion.create({ data: { ...ids, shown: {}, reason: 'several_fit' } });
      },
      /◦ Questions of backfills: 1; see GET \/v1\/backfill-questions/,
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
      () => world.db.calendar.updateMany({ data: { apiKeyCipher: null } }),
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
