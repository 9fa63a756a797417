import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openTestDatabase } from '@luma-sync/testkit';
import { findCalendarAccess, findWebhookSecrets } from '../calendars/calendar-access.js';
import { placeOf } from '../calendars/calendar-secrets.js';
import { createCalendar, updateCalendar } from '../calendars/write-calendars.js';
import { type Database, inTransaction, openDatabase } from '../database.js';
import { openKeyring, SecretError } from './keyring.js';
import { rotateSecrets, SECRET_COLUMNS } from './rotate-secrets.js';

const newKey = (): string => randomBytes(32).toString('base64');
const [older, newer] = [newKey(), newKey()];
const before = openKeyring(older);
const both = openKeyring(`${newer},${older}`);
const after = openKeyring(newer);

let db: Database;
beforeAll(async () => {
  db = openDatabase({ url: (await openTestDatabase()).url });
});
afterAll(() => db.$disconnect());

async function fill(count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const name = `calendar ${randomBytes(6).toString('hex')}`;
    const input = { name, kind: 'luma', apiKey: `key-${name}`, webhookSecret: 'whsec_1' } as const;
    const created = await inTransaction(db, (tx) => createCalendar(tx, before, input));
    if (created.kind !== 'written') throw new Error(created.kind);
    const { id } = created.calendar;
    await inTransaction(db, (tx) => updateCalendar(tx, before, id, { webhookSecret: 'whsec_2' }));
    ids.push(id);
  }
  return ids;
}

const sum = (states: Awaited<ReturnType<typeof rotateSecrets>>, of: 'rotated' | 'current'): number =>
  states.reduce((total, state) => total + state[of], 0);

describe('rotateSecrets', () => {
  it('knows every column that holds an encrypted text', async () => {
    const rows = await db.$queryRaw<{ place: string }[]>`
      select table_name || '.' || column_name as place from information_schema.columns
      where table_schema = current_schema() and column_name like '%_cipher' order by 1`;
    const known = SECRET_COLUMNS.map(({ table, column }) => `${table}.${column}`);
    expect(rows.map(({ place }) => place)).toEqual([...known].sort());
  });

  it('lets the earlier key be taken away: everything opens with the new one alone, and a second run finds nothing to do', async () => {
    const ids = await fill(3);
    await expect(findCalendarAccess(db, after, ids[0] ?? '')).rejects.toThrow(SecretError);
    expect(sum(await rotateSecrets(db, both, { isDryRun: true }), 'rotated')).toBe(9);
    expect(sum(await rotateSecrets(db, both), 'rotated')).toBe(9);
    for (const id of ids) {
      expect((await findCalendarAccess(db, after, id))?.apiKey).toMatch(/^key-calendar /);
      expect(await findWebhookSecrets(db, after, id)).toEqual(['whsec_2', 'whsec_1']);
    }
    const again = await rotateSecrets(db, both);
    expect([sum(again, 'rotated'), sum(again, 'current')]).toEqual([0, 9]);
  });

  it('names what no key opens, leaves it as it is, and rotates the others', async () => {
    const [id = ''] = await fill(1);
    const lost = openKeyring(newKey()).encrypt('lost', placeOf(id, 'apiKeyCipher'));
    await db.calendar.update({ where: { id }, data: { apiKeyCipher: lost } });
    const states = await rotateSecrets(db, both);
    expect(states.flatMap(({ unreadable }) => unreadable)).toEqual([
      expect.objectContaining({ table: 'calendars', column: 'api_key_cipher', row: id }),
    ]);
    expect(await db.calendar.findUniqueOrThrow({ where: { id } })).toMatchObject({ apiKeyCipher: lost });
    expect(await findWebhookSecrets(db, after, id)).toEqual(['whsec_2', 'whsec_1']);
    await db.calendar.delete({ where: { id } });
  });

  it('does not undo a secret that another process writes meanwhile', async () => {
    const [id = ''] = await fill(1);
    const cipher = after.encrypt('newest', placeOf(id, 'apiKeyCipher'));
    // Between the read and the write of the rotation: its own encryption is the moment.
    const racing = {
      ...both,
      encrypt: (plain: string, place: Parameters<typeof both.encrypt>[1]) => {
        if (place.row === id && place.column === 'api_key_cipher') written ??= write();
        return both.encrypt(plain, place);
      },
    };
    let written: Promise<unknown> | null = null;
    const write = () => db.calendar.update({ where: { id }, data: { apiKeyCipher: cipher } });
    const racingDb = new Proxy(db, {
      get: (target, name) =>
        name === '$executeRaw'
          ? async (...args: unknown[]) => {
              await written;
              return Reflect.apply(target.$executeRaw, target, args);
            }
          : Reflect.get(target, name),
    });
    await rotateSecrets(racingDb, racing);
    expect((await findCalendarAccess(db, after, id))?.apiKey).toBe('newest');
  });
});
