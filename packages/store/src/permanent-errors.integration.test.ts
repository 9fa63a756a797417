import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { atEnd, openTestDatabase } from '@luma-sync/testkit';
import { type Database, openDatabase } from './database.js';
import { fromPrismaError, isStoreUnavailable } from './store-error.js';

async function open(): Promise<Database> {
  const db = openDatabase({ url: (await openTestDatabase()).url });
  atEnd(() => db.$disconnect());
  return db;
}

async function judged(work: PromiseLike<unknown>) {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  return { isAway: isStoreUnavailable(error), judged: fromPrismaError(error) };
}

const tooLong = (): string => Array.from({ length: 3_000 }, () => randomUUID()).join('');

/** Guards against bad values taken for an outage: those are tried for ever, and the queue behind them stands. */
describe('values that Postgres refuses', () => {
  it.each<[string, (db: Database) => PromiseLike<unknown>]>([
    ['an id that is none', (db) => db.$queryRaw`select 1 from operations where id = ${'bad-1'}::uuid`],
    ['an id that is none, of a model', (db) => db.event.findUnique({ where: { id: 'bad-1' } })],
    ['a number too large for its column', (db) => db.$queryRaw`select ${'3000000000'}::int`],
    ['such a number, of a model', (db) => db.event.updateMany({ data: { capacity: 3_000_000_000 } })],
    ['a year of five digits in a text', (db) => db.$queryRaw`select ${'+010000-01-01T00:00:00Z'}::timestamptz`],
    ['a text too long for its index', (db) => db.person.create({ data: { origin: 'luma', email: tooLong() } })],
    ['nothing where something has to be', (db) => db.$executeRaw`insert into organizations (slug) values ('a')`],
  ])('%s fail for good', async (_name, run) => {
    const { isAway, judged: error } = await judged(run(await open()));
    expect(isAway).toBe(false);
    expect(error).toMatchObject({ code: 'store.refused', verdict: 'fail' });
    expect((error as Error).message).not.toMatch(/bad-1|3000000000|010000/);
  });

  it('a reference to a row that another process removed is tried again', async () => {
    const db = await open();
    const add = db.organizationDomain.create({ data: { domain: 'a.example', organizationId: randomUUID() } });
    expect((await judged(add)).judged).toMatchObject({ code: 'store.conflict', verdict: 'retry' });
  });
});

/** Guards against an error message with a NUL in it that no statement can store, so that its run never ends. */
describe('characters that Postgres refuses', () => {
  it('are replaced in every text and document, whichever way they come', async () => {
    const db = await open();
    const name = 'a\0b';
    const raw = JSON.stringify([{ name, half: '\ud83d', whole: '\ud83c\udf89', escaped: '\\u0000' }]);
    await db.organization.create({ data: { slug: 'model', name } });
    await db.$executeRaw`insert into organizations (slug, name) values ('raw', ${name}), ('list',
        (${['x\0']}::text[])[1])`;
    const stored = await db.organization.findMany({ orderBy: { slug: 'asc' }, select: { name: true } });
    expect(stored.map((row) => row.name)).toEqual(['x\ufffd', 'a\ufffdb', 'a\ufffdb']);
    const [read] = await db.$queryRaw<object[]>`
      select * from jsonb_to_recordset(${raw}::jsonb) as g(name text, half text, whole text, escaped text)`;
    expect(read).toEqual({ name: 'a\ufffdb', half: '\ufffd', whole: '\ud83c\udf89', escaped: '\\u0000' });
    const { id } = await db.timelineEntry.create({
      data: {
        recordType: 'event',
        recordId: randomUUID(),
        kind: 'failed',
        actor: 'a',
        message: name,
        details: { name },
      },
    });
    expect(await db.timelineEntry.findUnique({ where: { id }, select: { message: true, details: true } })).toEqual({
      message: 'a\ufffdb',
      details: { name: 'a\ufffdb' },
    });
  });
});
