import { randomBytes, randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { startLumaSim } from '@luma-sync/luma-sim';
import { closeQueues, connectRedis, disconnectRedis, openQueues } from '@luma-sync/queue';
import {
  createCalendar,
  type Database,
  findApiKey,
  inTransaction,
  noteReading,
  openDatabase,
  openKeyring,
  placeOf,
} from '@luma-sync/store';
import { atEnd, openTestDatabase, openTestRedis, startRedisServer, type TestDatabase } from '@luma-sync/testkit';
import { runCli } from './run-cli.js';

let database: TestDatabase;
let db: Database;
beforeAll(async () => {
  database = await openTestDatabase();
  db = openDatabase({ url: database.url });
  atEnd(() => db.$disconnect());
});

async function run(args: string[], env: Record<string, string> = {}) {
  const lines: string[] = [];
  const errors: string[] = [];
  const code = await runCli(args, {
    env: { DATABASE_URL: database.url, ...env },
    print: (line) => void lines.push(line),
    printError: (line) => void errors.push(line),
  });
  return { code, out: lines.join('\n'), err: errors.join('\n'), lines };
}

describe('luma-sync', () => {
  it('says what there is, and what is wrong with a call', async () => {
    expect(await run(['--help'])).toMatchObject({ code: 0, out: expect.stringContaining('doctor') });
    expect(await run(['nonsense'])).toMatchObject({
      code: 1,
      err: expect.stringContaining("unknown command 'nonsense'"),
    });
    expect(await run(['keys', 'list'], { DATABASE_URL: '' })).toMatchObject({
      code: 1,
      err: expect.stringContaining('DATABASE_URL is missing'),
    });
    const away = await run(['keys', 'list'], { DATABASE_URL: 'postgres://someone:secret@127.0.0.1:1/x' });
    expect(away).toMatchObject({ code: 1, err: 'Postgres does not answer at DATABASE_URL' });
  });

  it('migrates, and a second time does nothing', async () => {
    expect(await run(['migrate'])).toMatchObject({ code: 0, out: 'The database is up to date.' });
  });

  it('shows what Luma does not hold of an event, and which events that is so of', async () => {
    const { calendar } = await inTransaction(db, (tx) =>
      createCalendar(tx, openKeyring(randomBytes(32).toString('base64')), { name: 'Differing', kind: 'luma' }),
    ).then((written) => (written.kind === 'written' ? written : Promise.reject(new Error(written.kind))));
    const state = {
      ...{ title: 'Online now', description: null, timezone: 'UTC', visibility: 'public', capacity: null, cover: null },
      ...{ startsAt: '2030-01-01T12:00:00.000Z', endsAt: '2030-01-01T13:00:00.000Z' },
      ...{ address: null, coordinate: null, meetingUrl: null },
    };
    const base = {
      ours: state,
      luma: { ...state, address: 'Street 1' },
      notAtLuma: { address: { why: 'cannot_be_emptied' }, title: { why: 'refused', message: 'Too odd' } },
    };
    await db.event.create({
      data: {
        ...{ externalId: 'differing', source: 'app', approval: 'approved', title: state.title, timezone: 'UTC' },
        ...{ startsAt: new Date(state.startsAt), endsAt: new Date(state.endsAt) },
        link: { create: { calendarId: calendar.id, lumaEventId: 'evt-differing', state: 'synced', base } },
      },
    });
    const shown = await run(['events', 'show', 'differing']);
    expect(shown).toMatchObject({ code: 0, out: expect.stringContaining('synced, revision 0 pushed') });
    expect(shown.out).toMatch(/address +null +"Street 1" +Luma’s API cannot empty this field/);
    const listed = await run(['events', 'differing', '--calendar', calendar.id]);
    expect(listed.lines.slice(1)).toEqual([
      expect.stringMatching(/^differing +title +Luma refuses this value: Too odd/),
      expect.stringMatching(/^differing +address +Luma’s API cannot empty/),
    ]);
    expect((await run(['events', 'differing', '--calendar', randomUUID()])).lines).toHaveLength(1);
    expect(await run(['events', 'show', 'nothing'])).toMatchObject({ code: 1, err: 'there is no event nothing' });
    // Other tests count what there is.
    await db.event.delete({ where: { externalId: 'differing' } });
    await db.calendar.delete({ where: { id: calendar.id } });
  });

  it('lists mails that were held back, confirms and discards them, and keeps who did', async () => {
    const calendar = await db.calendar.create({ data: { name: 'Held', kind: 'luma', mailOnRsvp: true } });
    const link = { create: { calendarId: calendar.id, lumaEventId: 'evt-held', state: 'synced' } } as const;
    const times = { startsAt: new Date(), endsAt: new Date(Date.now() + 3_600_000), timezone: 'UTC' };
    const { id: eventId } = await db.event.create({
      data: { externalId: 'held', source: 'app', approval: 'approved', title: 'Crowd', ...times, link },
    });
    for (const email of ['a@held.example', 'b@held.example']) {
      const { id: personId } = await db.person.create({ data: { origin: 'app', email } });
      const marks = {
        askedAt: new Date(),
        askedRevision: 1,
        mailHeldRevision: 1,
        base: { ours: 'going', luma: 'approved' },
      };
      const rsvpLink = { create: { lumaGuestId: email, state: 'synced', ...marks } } as const;
      await db.rsvp.create({ data: { eventId, personId, status: 'going', link: rsvpLink } });
    }
    expect((await run(['mails', 'held', '--calendar', calendar.id])).out).toMatch(/held +Crowd +2 +0 /);
    expect(await run(['mails', 'confirm', 'held'])).toMatchObject({ code: 1 });
    expect(await run(['mails', 'confirm', 'held', '--recipients', '1'])).toMatchObject({
      code: 1,
      err: '2 people would be mailed; nothing was done. Say --recipients 2',
    });
    expect((await run(['mails', 'confirm', 'held', '--recipients', '2'])).out).toMatch(/^2 confirmed; operation /);
    expect((await run(['mails', 'held', '--calendar', calendar.id])).out).toMatch(/held +Crowd +0 +2 /);
    expect(await run(['mails', 'discard', 'held'])).toMatchObject({ code: 0, out: 'nothing is held' });
    expect(await run(['mails', 'discard', 'nothing'])).toMatchObject({ code: 1, err: 'there is no event nothing' });
    const entry = await db.auditEntry.findFirstOrThrow({ where: { action: 'held_mails.confirm' } });
    expect(entry).toMatchObject({ actorKind: 'cli', subject: eventId, details: { recipients: 2 } });
    // Other tests count what there is.
    await db.operation.deleteMany({ where: { eventId } });
    await db.event.delete({ where: { id: eventId } });
    await db.calendar.delete({ where: { id: calendar.id } });
  });

  it('makes, lists and revokes keys', async () => {
    const made = await run(['keys', 'create', '--name', 'shop', '--scopes', 'read,write']);
    expect(made.code).toBe(0);
    const key = made.lines.at(-1) ?? '';
    const record = await findApiKey(db, key);
    expect(record).toMatchObject({ name: 'shop', scopes: ['read', 'write'] });
    const listed = await run(['keys', 'list']);
    expect(listed.out).toMatch(/shop +lsk_/);
    expect(listed.out).not.toContain(key);
    expect(await run(['keys', 'revoke', record?.id ?? ''])).toMatchObject({ code: 0 });
    expect(await findApiKey(db, key)).toBeNull();
    expect(await run(['keys', 'revoke', record?.id ?? ''])).toMatchObject({
      code: 1,
      err: expect.stringContaining('no valid key'),
    });
    expect(await run(['keys', 'revoke', '7'])).toMatchObject({ code: 1, err: expect.stringContaining('not an id') });
    expect(await run(['keys', 'create', '--name', 'shop', '--scopes', 'root'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('irreversible, admin, read, write'),
    });
  });

  it('shows who did what, with control characters written out', async () => {
    await run(['keys', 'create', '--name', 'audited', '--scopes', 'events:read', '--expires', '2999-01-01']);
    const { out } = await run(['audit', 'list', '--action', 'api_key.create', '--limit', '1']);
    expect(out).toMatch(/cli +- +api_key.create +api_key [\w-]{36} +\{"name":"audited"/);
    const entry = { action: 'x.y', subject: 'of\u202eLuma\u001b[31m\u009b1m\nnext' };
    await db.auditEntry.create({ data: { actor: 'a', ...entry } });
    const shown = await run(['audit', 'list', '--action', 'x.y']);
    expect(shown.lines.at(-1)).toContain('of\\u{202e}Luma\\u{1b}[31m\\u{9b}1m\\u{a}next');
    expect(shown.lines).toHaveLength(2);
  });

  it('binds a key to calendars, and ends it', async () => {
    const key = ['keys', 'create', '--name', 'bound', '--scopes', 'read'];
    const keyring = openKeyring(randomBytes(32).toString('base64'));
    await inTransaction(db, (tx) => createCalendar(tx, keyring, { name: 'Bound', kind: 'manual' }));
    const made = await run([...key, '--calendar', 'Bound', '--expires', '2999-01-01']);
    expect(made.out).toContain('on 1 calendar(s) until 2999-01-01');
    expect(await run([...key, '--calendar', 'Nowhere'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('Nowhere'),
    });
    expect(await run([...key, '--expires', '2001-01-01'])).toMatchObject({ code: 1 });
    expect(await run(['keys', 'create', '--name', 'bootstrap'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('acts under the name'),
    });
  });

  it('lists, retries and discards operations', async () => {
    const failed = {
      job: 'event.push',
      priority: 1,
      trigger: 'api',
      actor: 'app',
      deadlineAt: new Date(),
      state: 'failed',
    } as const;
    const { id } = await db.operation.create({
      data: {
        ...failed,
        dedupeKey: 'x',
        payload: { eventId: crypto.randomUUID() },
        errorCode: 'luma.rejected',
        dispatchAt: null,
      },
    });
    expect((await run(['operations', 'list', '--state', 'failed'])).out).toMatch(
      new RegExp(`${id} +event.push +failed +0 .*luma.rejected`),
    );
    expect((await run(['operations', 'list', '--state', 'done'])).lines).toHaveLength(1);
    const retried = await run(['operations', 'retry', id]);
    expect(retried).toMatchObject({ code: 0, out: expect.stringMatching(/^Queued as /) });
    const newId = retried.out.slice('Queued as '.length, -1);
    expect(await run(['operations', 'retry', newId])).toMatchObject({
      code: 1,
      err: expect.stringContaining('is queued'),
    });
    expect(await run(['operations', 'discard', newId])).toMatchObject({
      code: 1,
      err: expect.stringContaining('--reason'),
    });
    expect(await run(['operations', 'discard', newId, '--reason', 'a test'])).toMatchObject({ code: 0 });
    expect(await db.operation.findUniqueOrThrow({ where: { id: newId } })).toMatchObject({
      state: 'discarded',
      actor: 'cli',
    });
    expect(await run(['operations', 'list', '--limit', '0'])).toMatchObject({ code: 1 });
  });
});

describe('luma-sync queues', () => {
  it('lists what queues hold, and lets a paused one go on', async () => {
    const { url, prefix } = await openTestRedis();
    const env = { REDIS_URL: url, REDIS_KEY_PREFIX: prefix };
    const redis = connectRedis(url, 'failing', 'test');
    const queues = openQueues(redis, prefix);
    await queues.events.waitUntilReady();
    await queues.events.pause();
    await closeQueues(queues);
    await disconnectRedis(redis);
    expect((await run(['queues', 'list'], env)).out).toMatch(/events +0 +0 +0 +yes\nguests +0 +0 +0 +no/);
    expect(await run(['queues', 'resume', 'events'], env)).toMatchObject({ code: 0, out: 'Queue events goes on.' });
    expect((await run(['queues', 'list'], env)).out).toMatch(/events +0 +0 +0 +no/);
    expect(await run(['queues', 'resume', 'nothing'], env)).toMatchObject({ code: 1 });
  });
});

describe('luma-sync unreadable', () => {
  it('lists what cannot be read, shows one of them, and doctor says how many there are', async () => {
    const { id: calendarId } = await db.calendar.create({ data: { name: 'Odd', kind: 'luma' } });
    const odd = {
      isRead: false,
      notes: [{ path: 'user_email', reason: 'malformed' }],
      identity: { id: 'gst-1' },
      raw: { user_email: 'no address' },
    };
    await noteReading(db, calendarId, { kind: 'guest', from: 'list', lumaEventId: 'evt-1', readIds: [], odd: [odd] });
    const { id } = await db.unreadableRecord.findFirstOrThrow({ where: { calendarId } });
    const listed = await run(['unreadable', 'list', '--calendar', calendarId]);
    expect(listed.out).toMatch(new RegExp(`${id} +guest +gst-1 +no +1 .*user_email: malformed`));
    expect(listed.out).not.toContain('no address');
    expect((await run(['unreadable', 'list', '--kind', 'event'])).lines).toHaveLength(1);
    expect((await run(['unreadable', 'show', id])).out).toContain('no address');
    expect(await run(['unreadable', 'show', crypto.randomUUID()])).toMatchObject({ code: 1 });
    expect((await run(['doctor'])).out).toContain('Records of "Odd" at Luma: 1 cannot be read');
    await db.calendar.delete({ where: { id: calendarId } });
  });
});

describe('luma-sync plan', () => {
  it('shows every request and what it costs, does none of it, and has it done on a word', async () => {
    const sim = await startLumaSim();
    atEnd(() => sim.close());
    const redis = await openTestRedis();
    const encryptionKey = randomBytes(32).toString('base64');
    const added = await inTransaction(db, (tx) =>
      createCalendar(tx, openKeyring(encryptionKey), { name: 'Planned', kind: 'luma', apiKey: 'secret-default' }),
    );
    if (added.kind !== 'written') throw new Error(added.kind);
    const startsAt = new Date(Date.now() + 86_400_000);
    sim.control.createEvent({ name: 'Only there', start_at: startsAt.toISOString(), timezone: 'UTC' });
    const env = {
      ENCRYPTION_KEY: encryptionKey,
      REDIS_URL: redis.url,
      REDIS_KEY_PREFIX: redis.prefix,
      LUMA_API_BASE_URL: sim.url,
    };
    const shown = await run(['plan', 'Planned'], env);
    expect(shown).toMatchObject({ code: 0, err: '' });
    expect(shown.out).toMatch(/import +- +evt-\S+ +we do not have it/);
    expect(shown.out).toMatch(/GET \/v1\/events\/get/);
    expect(shown.out).toMatch(/Plan \S+: 2 requests, 0\.1 minutes of the budget \(190 a minute\)/);
    expect(await db.event.count()).toBe(0);
    expect(await db.operation.count({ where: { job: 'org.backfill' } })).toBe(0);

    const asked = await run(['plan', added.calendar.id, '--apply'], env);
    expect(asked.out).toMatch(/Carried out by operation/);
    expect(await db.operation.findMany({ where: { job: 'org.backfill' } })).toMatchObject([
      { actor: 'cli', payload: { calendarId: added.calendar.id, apply: true } },
    ]);
    expect(await run(['plan', 'Nobody'], env)).toMatchObject({ code: 1, err: expect.stringContaining('"Planned"') });
    sim.control.changeCalendar(sim.control.state().calendars[0]?.id ?? '', { apiKeys: ['another'] });
    expect(await run(['plan', 'Planned'], env)).toMatchObject({
      code: 1,
      err: expect.stringContaining('luma.auth_failed'),
    });
    // The doctor below looks at every calendar, with a key of its own.
    await db.calendar.delete({ where: { id: added.calendar.id } });
  });
});

describe('luma-sync doctor', () => {
  const settings = {
    ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    PUBLIC_URL: 'https://sync.example.org',
    OPERATOR_PASSWORD: 'a long password',
    RESEND_API_KEY: 're_secret_of_resend',
    MAIL_FROM: 'Events <events@example.org>',
  };

  it('names everything that is wrong, with what to do, and no secret', async () => {
    const redis = await startRedisServer();
    await redis.stop();
    const { out, err, code } = await run(['doctor'], {
      DATABASE_URL: 'postgres://someone:secret-of-postgres@127.0.0.1:1/x',
      REDIS_URL: redis.url,
      ENCRYPTION_KEY: 'secret-too-short',
      LUMA_RATE_LIMIT_PER_MINUTE: 'many',
      RESEND_API_KEY: 're_secret_of_resend',
      PUBLIC_URL: ' ',
    });
    expect(code).toBe(1);
    expect(err).toMatch(/^\d+ things are wrong, \d+ could not be looked at$/);
    expect(out).toMatch(/✗ ENCRYPTION_KEY: must be 32 bytes in base64/);
    expect(out).toMatch(/✗ LUMA_RATE_LIMIT_PER_MINUTE: must be a whole number/);
    expect(out).toMatch(/· PUBLIC_URL: is missing.*ingress does not start without it/);
    expect(out).toMatch(/✓ RESEND_API_KEY/);
    expect(out).toMatch(/✗ Postgres: no answer/);
    expect(out).toMatch(/✗ Redis: no answer/);
    expect(out).not.toMatch(/secret-|re_secret/);
  });

  it('tells a key that does not open what is stored, and limits that leave nothing to send', async () => {
    const lost = openKeyring(randomBytes(32).toString('base64'));
    const id = randomUUID();
    const apiKeyCipher = lost.encrypt('luma-key', placeOf(id, 'apiKeyCipher'));
    await db.calendar.create({ data: { id, name: 'Locked', kind: 'luma', apiKeyCipher } });
    const { out, code } = await run(['doctor'], { ...settings, LUMA_RATE_LIMIT_PER_MINUTE: '10' });
    await db.calendar.delete({ where: { id } });
    expect(code).toBe(1);
    expect(out).toMatch(/✗ Calendar "Locked": ENCRYPTION_KEY does not open its secrets; put the earlier key/);
    expect(out).toMatch(/✗ LUMA_RATE_LIMIT_HEADROOM: must be below/);
  });

  it('tells an empty database and a refused key', async () => {
    const sim = await startLumaSim();
    atEnd(() => sim.close());
    const redis = await startRedisServer();
    const wrongKey = { ...settings, REDIS_URL: redis.url, LUMA_API_BASE_URL: sim.url, LUMA_API_KEY: 'a-wrong-key' };
    const refused = await run(['doctor'], wrongKey);
    expect(refused.out).toMatch(/✗ Luma’s answer to LUMA_API_KEY: Luma does not accept it/);
    expect(refused.out).toMatch(/✓ Redis maxmemory-policy: noeviction/);
    const empty = new URL(database.url);
    empty.pathname = '/postgres';
    expect(await run(['keys', 'list'], { DATABASE_URL: empty.href })).toMatchObject({
      code: 1,
      err: 'the database is empty or of another version; run: luma-sync migrate',
    });
    const unmigrated = await run(['doctor'], { ...wrongKey, DATABASE_URL: empty.href });
    expect(unmigrated.out).toMatch(/✗ Migrations: .*run: luma-sync migrate/);
    expect(unmigrated.out).toMatch(/\? Luma’s answers: not looked at without the database/);
    expect(unmigrated.err).toMatch(/could not be looked at/);
  });
});

describe('secrets rotate', () => {
  const [older, newer] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')];
  const rotate = (key: string, ...args: string[]) => run(['secrets', 'rotate', ...args], { ENCRYPTION_KEY: key });

  it('drill: a new key in front, rotate, the old one taken away', async () => {
    const input = { name: 'Rotated', kind: 'luma', apiKey: 'luma-key', webhookSecret: 'whsec_1' } as const;
    await inTransaction(db, (tx) => createCalendar(tx, openKeyring(older), input));
    const dry = await rotate(`${newer},${older}`, '--dry-run');
    expect(dry).toMatchObject({ code: 0, out: expect.stringContaining('2 would be written anew') });
    const tooEarly = await rotate(newer);
    expect(tooEarly).toMatchObject({ code: 1, err: expect.stringContaining('keep the earlier keys') });
    expect(tooEarly.out).toContain('Cannot be opened: "Rotated", api_key_cipher');
    expect(await rotate(`${newer},${older}`)).toMatchObject({
      code: 0,
      out: expect.stringContaining('The earlier keys can be taken out of ENCRYPTION_KEY'),
    });
    const alone = await rotate(newer);
    expect(alone.code).toBe(0);
    expect(alone.out).not.toMatch(/luma-key|whsec_1/);
    const audit = await db.auditEntry.findMany({ where: { action: 'secrets.rotate' } });
    expect(audit).toHaveLength(3);
    expect(JSON.stringify(audit, (_, value) => (typeof value === 'bigint' ? String(value) : value))).not.toMatch(
      /luma-key/,
    );
    await db.calendar.deleteMany({ where: { name: 'Rotated' } });
  });
});

describe('people', () => {
  const email = 'clara.cli@example.org';
  const people = (...args: string[]) =>
    run(['people', ...args], { ENCRYPTION_KEY: Buffer.alloc(32, 5).toString('base64') });

  it('exports a person, counts, erases them when told to, and names nobody in the audit log', async () => {
    await db.person.create({ data: { externalId: 'clara', name: 'Clara', email, origin: 'app' } });
    const exported = await people('export', email);
    expect(JSON.parse(exported.out)).toMatchObject({ data: { people: [{ name: 'Clara', email }] } });
    expect(await people('erase', 'clara')).toMatchObject({ code: 0, out: expect.stringContaining('--confirm') });
    expect((await people('export', 'clara')).code).toBe(0);
    const erased = await people('erase', 'clara', '--confirm');
    expect(erased).toMatchObject({ code: 0, out: expect.stringMatching(/people +1 .*Luma.*Erased\.$/s) });
    expect(await people('export', email)).toMatchObject({ code: 1, err: 'nothing is stored about this person' });
    expect(await people('erase', email)).toMatchObject({ code: 1, err: 'nothing is stored about this person' });
    const entries = await db.auditEntry.findMany({ where: { subjectType: 'person' } });
    expect(entries.map(({ action }) => action)).toEqual(['person.export', 'person.export', 'person.erase']);
    expect(JSON.stringify(entries.map(({ details, subject }) => [details, subject]))).not.toMatch(/clara/i);
  });
});
