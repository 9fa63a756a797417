import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openTestDatabase } from '@luma-sync/testkit';
import { retryingTransaction } from '../contention.js';
import { type Database, inTransaction, openDatabase } from '../database.js';
import { openKeyring, SecretError } from '../secrets/keyring.js';
import { findCalendarAccess, findWebhookSecrets } from './calendar-access.js';
import { placeOf } from './calendar-secrets.js';
import { ensureEnvironmentCalendar } from './environment-calendar.js';
import { listCalendars } from './read-calendars.js';
import { findUnreadableCalendars } from './unreadable-secrets.js';
import {
  type CalendarChange,
  createCalendar,
  deleteCalendar,
  type NewCalendar,
  updateCalendar,
} from './write-calendars.js';

const keyring = openKeyring(randomBytes(32).toString('base64'));
let db: Database;
beforeAll(async () => {
  db = openDatabase({ url: (await openTestDatabase()).url });
});
afterAll(() => db.$disconnect());

const create = (input: NewCalendar) => inTransaction(db, (tx) => createCalendar(tx, keyring, input));
const update = (id: string, change: CalendarChange) =>
  inTransaction(db, (tx) => updateCalendar(tx, keyring, id, change));
const created = async (input: NewCalendar) => {
  const result = await create(input);
  if (result.kind !== 'written') throw new Error(result.kind);
  return result.calendar;
};

describe('calendars', () => {
  it('two processes with one environment make one calendar, and a third changes nothing', async () => {
    const settings = { apiKey: 'luma-key-1', webhookSecret: 'whsec_1' };
    const all = await Promise.all(
      Array.from({ length: 5 }, () =>
        retryingTransaction(db, (tx) => ensureEnvironmentCalendar(tx, keyring, settings)),
      ),
    );
    expect(new Set(all.map(({ id }) => id)).size).toBe(1);
    const before = await db.calendar.findUniqueOrThrow({ where: { name: 'default' } });
    expect(before).toMatchObject({ isDefault: true, kind: 'luma', previousWebhookSecretCipher: null });
    await retryingTransaction(db, (tx) => ensureEnvironmentCalendar(tx, keyring, settings));
    expect(await db.calendar.findUniqueOrThrow({ where: { name: 'default' } })).toEqual(before);
  });

  it('a new key and secret in the environment are taken over, the old secret still verifies', async () => {
    const { id } = await retryingTransaction(db, (tx) =>
      ensureEnvironmentCalendar(tx, keyring, { apiKey: 'luma-key-1', webhookSecret: 'whsec_1' }),
    );
    await db.calendar.update({ where: { id }, data: { status: 'auth_failed' } });
    await retryingTransaction(db, (tx) =>
      ensureEnvironmentCalendar(tx, keyring, { apiKey: 'luma-key-2', webhookSecret: 'whsec_2' }),
    );
    expect(await findCalendarAccess(db, keyring, id)).toMatchObject({
      apiKey: 'luma-key-2',
      calendar: { status: 'ok' },
    });
    expect(await findWebhookSecrets(db, keyring, id)).toEqual(['whsec_2', 'whsec_1']);
  });

  it('secrets are stored encrypted and never shown', async () => {
    const calendar = await created({ name: 'secretive', kind: 'luma', apiKey: 'luma-key-3', webhookSecret: 'whsec_3' });
    const [row] = await db.$queryRaw<
      { text: string }[]
    >`select to_jsonb(c)::text as text from calendars c where id = ${calendar.id}::uuid`;
    expect(row?.text).not.toMatch(/luma-key-3|whsec_3/);
    expect(JSON.stringify(await listCalendars(db))).not.toMatch(/luma-key-3|whsec_3|Cipher|ingerprint/);
    expect(calendar).toMatchObject({ hasApiKey: true, hasWebhookSecret: true });
  });

  it('a key belongs to one calendar', async () => {
    const { id, name } = await created({ name: 'holder', kind: 'luma', apiKey: 'shared' });
    const taken = { kind: 'key-taken', by: { id, name } };
    expect(await create({ name: 'second', kind: 'luma', apiKey: 'shared' })).toEqual(taken);
    const other = await created({ name: 'third', kind: 'luma' });
    expect(await update(other.id, { apiKey: 'shared' })).toEqual(taken);
    expect(await update(id, { apiKey: 'shared' })).toMatchObject({ kind: 'written' });
  });

  it('there is one default: a new one takes the place of the old', async () => {
    const first = await created({ name: 'first default', kind: 'luma', apiKey: 'first', isDefault: true });
    const second = await created({ name: 'second default', kind: 'luma', apiKey: 'second' });
    await update(second.id, { isDefault: true });
    expect((await listCalendars(db)).filter(({ isDefault }) => isDefault).map(({ id }) => id)).toEqual([second.id]);
    await update(first.id, { isDefault: true });
    expect((await listCalendars(db)).filter(({ isDefault }) => isDefault).map(({ id }) => id)).toEqual([first.id]);
  });

  it('a name belongs to one calendar', async () => {
    await created({ name: 'taken', kind: 'manual' });
    const other = await created({ name: 'free', kind: 'manual' });
    expect(await create({ name: 'taken', kind: 'manual' })).toEqual({ kind: 'name-taken' });
    expect(await update(other.id, { name: 'taken' })).toEqual({ kind: 'name-taken' });
    expect(await update(other.id, { name: 'free' })).toMatchObject({ kind: 'written' });
  });

  it('routing can be set and removed, and a pause of an operator outlives a new key', async () => {
    const calendar = await created({
      name: 'routed',
      kind: 'luma',
      routing: { lat: 12.93, lng: 77.63, radiusKm: 500 },
    });
    expect(calendar).toMatchObject({ routingLat: 12.93, routingLng: 77.63, routingRadiusKm: 500 });
    expect(await update(calendar.id, { routing: null })).toMatchObject({ calendar: { routingRadiusKm: null } });
    await db.calendar.update({ where: { id: calendar.id }, data: { status: 'paused' } });
    expect(await update(calendar.id, { apiKey: 'new' })).toMatchObject({ calendar: { status: 'paused' } });
  });

  it('is not deleted while events are linked through it', async () => {
    const { id } = await created({ name: 'in use', kind: 'luma' });
    const event = await db.event.create({
      data: {
        title: 't',
        startsAt: new Date(),
        endsAt: new Date(),
        timezone: 'UTC',
        source: 'app',
        approval: 'approved',
      },
    });
    const link = await db.eventLink.create({ data: { eventId: event.id, calendarId: id, state: 'synced' } });
    expect(await inTransaction(db, (tx) => deleteCalendar(tx, id))).toEqual({ kind: 'in-use', linkedEvents: 1 });
    await db.eventLink.delete({ where: { id: link.id } });
    expect(await inTransaction(db, (tx) => deleteCalendar(tx, id))).toEqual({ kind: 'deleted' });
    expect(await inTransaction(db, (tx) => deleteCalendar(tx, id))).toEqual({ kind: 'unknown' });
  });
});

describe('a key that does not open what is stored', () => {
  const other = openKeyring(randomBytes(32).toString('base64'));
  const access = (id: string, ring = other) => findCalendarAccess(db, ring, id);

  it('is found, and entering key and secret anew makes the calendar work again', async () => {
    const { id } = await created({ name: 'locked', kind: 'luma', apiKey: 'luma-key', webhookSecret: 'whsec_1' });
    await update(id, { webhookSecret: 'whsec_2' });
    const names = async (ring: typeof other) => (await findUnreadableCalendars(db, ring)).map(({ name }) => name);
    expect(await names(other)).toContain('locked');
    expect(await names(keyring)).not.toContain('locked');
    await expect(access(id)).rejects.toThrow(/put that key behind the new one/);
    const change = { apiKey: 'luma-key', webhookSecret: 'whsec_3' };
    await inTransaction(db, (tx) => updateCalendar(tx, other, id, change));
    expect(await access(id)).toMatchObject({ apiKey: 'luma-key' });
    expect(await findWebhookSecrets(db, other, id)).toEqual(['whsec_3']);
  });

  it('does not keep a calendar from working for the sake of the secret before', async () => {
    const { id } = await created({ name: 'half locked', kind: 'luma', apiKey: 'k', webhookSecret: 'whsec_1' });
    const previousWebhookSecretCipher = other.encrypt('whsec_0', placeOf(id, 'previousWebhookSecretCipher'));
    await db.calendar.update({ where: { id }, data: { previousWebhookSecretCipher } });
    expect(await findWebhookSecrets(db, keyring, id)).toEqual(['whsec_1']);
  });

  it('of one secret leaves the others in use: webhooks come in without the API key, and requests go out without the secret', async () => {
    const { id } = await created({ name: 'one lost', kind: 'luma', apiKey: 'k1', webhookSecret: 'whsec_1' });
    const lost = (secret: 'apiKeyCipher' | 'webhookSecretCipher') => other.encrypt('lost', placeOf(id, secret));
    await db.calendar.update({ where: { id }, data: { apiKeyCipher: lost('apiKeyCipher') } });
    expect(await findWebhookSecrets(db, keyring, id)).toEqual(['whsec_1']);
    await expect(access(id, keyring)).rejects.toThrow(SecretError);

    await update(id, { apiKey: 'k-new' });
    await db.calendar.update({ where: { id }, data: { webhookSecretCipher: lost('webhookSecretCipher') } });
    expect(await access(id, keyring)).toMatchObject({ apiKey: 'k-new' });
    // Not an empty list: that would refuse the delivery for good, and Luma is to send it again.
    await expect(findWebhookSecrets(db, keyring, id)).rejects.toThrow(SecretError);
  });

  it('writes over nothing that the other processes can read', async () => {
    const settings = { apiKey: 'luma-key-env', webhookSecret: 'whsec_env' };
    const { id } = await retryingTransaction(db, (tx) => ensureEnvironmentCalendar(tx, keyring, settings));
    await expect(retryingTransaction(db, (tx) => ensureEnvironmentCalendar(tx, other, settings))).rejects.toThrow(
      SecretError,
    );
    expect(await access(id, keyring)).toMatchObject({ apiKey: 'luma-key-env' });
  });
});
