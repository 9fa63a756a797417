import { appendFile, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { waitFor } from '@luma-sync/testkit';
import pg from 'pg';
import { findSchemaDrift, MigrationError, migrate, toNextMigration, writeNextMigration } from './index.js';
import { withScratchDatabase } from './scratch-database.js';

const databaseUrl = process.env.DATABASE_URL ?? '';
const prismaDir = fileURLToPath(new URL('../../../prisma', import.meta.url));

let dir: string;
let schemaPath: string;
let migrationsDir: string;

beforeEach(async () => {
  if (databaseUrl === '') throw new Error('DATABASE_URL is missing: run `npm test`, or `npm run services` beside it');
  dir = await mkdtemp(join(tmpdir(), 'luma-sync-migrator-'));
  await cp(prismaDir, dir, { recursive: true });
  schemaPath = join(dir, 'schema.prisma');
  migrationsDir = join(dir, 'migrations');
});

afterEach(() => rm(dir, { recursive: true, force: true }));

async function addMigration(name: string, sql: string): Promise<void> {
  await mkdir(join(migrationsDir, name));
  await writeFile(join(migrationsDir, name, 'migration.sql'), sql);
}

async function editSchema(from: string, to: string): Promise<void> {
  const schema = await readFile(schemaPath, 'utf8');
  expect(schema).toContain(from);
  await writeFile(schemaPath, schema.replace(from, to));
}

async function read(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('migrate', () => {
  it('applies each migration once, in the order of their names, and notes it the way Prisma does', async () => {
    await addMigration('99990101000000_more', 'create table "later" (id int);');
    await withScratchDatabase(databaseUrl, async (url) => {
      const lines: string[] = [];
      const first = await migrate({ databaseUrl: url, migrationsDir, log: (line) => lines.push(line) });
      expect(first.applied.at(-1)).toBe('99990101000000_more');
      expect(lines).toEqual(first.applied.map((name) => `applied ${name}`));
      await expect(migrate({ databaseUrl: url, migrationsDir })).resolves.toEqual({ applied: [] });
      const noted = await read(
        url,
        'select migration_name from _prisma_migrations where finished_at is not null order by started_at',
      );
      expect(noted).toEqual(first.applied.map((name) => ({ migration_name: name })));
    });
  });

  it('lets one of several processes migrate while the others wait', async () => {
    await withScratchDatabase(databaseUrl, async (url) => {
      const runs = await Promise.all([1, 2, 3, 4].map(() => migrate({ databaseUrl: url, migrationsDir })));
      expect(runs.filter(({ applied }) => applied.length > 0)).toHaveLength(1);
    });
  });

  it('waits for a migration that runs already, and says so', async () => {
    await withScratchDatabase(databaseUrl, async (url) => {
      const holder = new pg.Client({ connectionString: url });
      await holder.connect();
      await holder.query('select pg_advisory_lock($1)', [0x6c756d61]);
      const lines: string[] = [];
      const migrating = migrate({ databaseUrl: url, migrationsDir, log: (line) => lines.push(line) });
      await waitFor(() => lines.includes('waiting for another process that migrates'), {
        what: 'a word about waiting',
      });
      expect(await read(url, `select to_regclass('_prisma_migrations') as found`)).toEqual([{ found: null }]);
      await holder.end();
      expect((await migrating).applied.length).toBeGreaterThan(0);
    });
  });

  it('keeps what came before a failing migration and names the one that failed, also the next time', async () => {
    await addMigration('99990101000000_broken', 'create table "half" (id int); select 1/0;');
    await withScratchDatabase(databaseUrl, async (url) => {
      const failure = await migrate({ databaseUrl: url, migrationsDir }).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(MigrationError);
      expect(failure).toMatchObject({
        code: 'P3018',
        message: expect.stringMatching(/99990101000000_broken.*division by zero/s),
      });
      await expect(migrate({ databaseUrl: url, migrationsDir })).rejects.toMatchObject({ code: 'P3009' });
      expect(await read(url, `select to_regclass('operations') is not null as kept`)).toEqual([{ kept: true }]);
    });
  });

  it('refuses a database with somebody else’s tables', async () => {
    await withScratchDatabase(databaseUrl, async (url) => {
      await read(url, 'create table theirs (id int)');
      await expect(migrate({ databaseUrl: url, migrationsDir })).rejects.toMatchObject({
        code: 'P3005',
        message: expect.stringContaining('a database of its own'),
      });
    });
  });

  it('says that nobody answers, without the password', async () => {
    const url = 'postgres://someone:hunter2@127.0.0.1:1/nothing';
    const failure = await migrate({ databaseUrl: url, migrationsDir }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'ECONNREFUSED', message: expect.stringContaining('127.0.0.1:1') });
    expect(String(failure)).not.toContain('hunter2');
  });
});

describe('findSchemaDrift', () => {
  const sources = () => ({ databaseUrl, schemaPath, migrationsDir });

  it('finds nothing where schema and migrations agree', async () => {
    await expect(findSchemaDrift(sources())).resolves.toBeNull();
  });

  it('finds a table that only the schema has', async () => {
    await appendFile(schemaPath, '\nmodel Extra {\n  id Int @id\n  @@map("extra")\n}\n');
    await expect(findSchemaDrift(sources())).resolves.toContain('extra');
    await expect(toNextMigration(sources())).resolves.toContain('CREATE TABLE "extra"');
  });

  it('finds a table that only the migrations have', async () => {
    await addMigration('99990101000000_more', 'create table "only_here" (id int primary key);');
    await expect(toNextMigration(sources())).resolves.toContain('DROP TABLE "only_here"');
  });

  it('finds a changed condition of a partial index', async () => {
    await editSchema("raw(\"state = 'queued'", "raw(\"state = 'running'");
    await expect(findSchemaDrift(sources())).resolves.toContain('operations');
  });

  it('leaves no database behind', async () => {
    await findSchemaDrift(sources());
    expect(
      await read(databaseUrl, `select datname from pg_database where datname like 'prisma_migrate_shadow_db%'`),
    ).toEqual([]);
  });
});

describe('writeNextMigration', () => {
  it('writes a migration after which schema and migrations agree', async () => {
    await appendFile(schemaPath, '\nmodel Extra {\n  id Int @id\n  @@map("extra")\n}\n');
    const sources = { databaseUrl, schemaPath, migrationsDir };
    const file = await writeNextMigration({
      ...sources,
      name: 'Add an extra table',
      now: new Date('2030-01-02T03:04:05Z'),
    });
    expect(file).toBe(join(migrationsDir, '20300102030405_add_an_extra_table', 'migration.sql'));
    await expect(findSchemaDrift(sources)).resolves.toBeNull();
    await expect(writeNextMigration({ ...sources, name: 'again', now: new Date() })).resolves.toBeNull();
  });
});
