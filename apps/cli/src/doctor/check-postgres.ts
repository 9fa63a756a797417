import { readdir } from 'node:fs/promises';
import {
  countOpenUnreadable,
  type Database,
  findUnreadableCalendars,
  type Keyring,
  listCalendars,
  measureIsolation,
  rotateSecrets,
} from '@luma-sync/store';
import { type Finding, note, ok, wrong } from './finding.js';

/** The oldest version we try. */
const VERSION_MIN = 150_000;

/**
 * Postgres, its version, the migrations and the calendars. Later checks are left out once an earlier one fails.
 *
 * @param keyring Null without a usable ENCRYPTION_KEY: then nobody tries whether it opens what is stored.
 */
export async function checkPostgres(db: Database, migrationsDir: string, keyring: Keyring | null): Promise<Finding[]> {
  let version: number;
  try {
    const [row] = await db.$queryRaw<
      { version: number }[]
    >`select current_setting('server_version_num')::int as version`;
    version = row?.version ?? 0;
  } catch {
    return [wrong('Postgres', 'no answer at DATABASE_URL; does it run, and are address, user and password right?')];
  }
  const major = Math.floor(version / 10_000);
  const server =
    version >= VERSION_MIN
      ? ok(`Postgres ${major}`)
      : wrong(`Postgres ${major}`, 'is too old; version 15 or newer is needed');
  const migrations = await checkMigrations(db, migrationsDir);
  if (migrations.verdict !== 'ok') return [server, migrations];
  return [
    server,
    migrations,
    ...(await checkCalendars(db, keyring)),
    ...(await checkUnreadable(db)),
    ...(await checkRotation(db, keyring)),
    ...(await checkParked(db)),
  ];
}

async function checkMigrations(db: Database, migrationsDir: string): Promise<Finding> {
  const entries = await readdir(migrationsDir, { withFileTypes: true });
  const wanted = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  let applied: Set<string>;
  try {
    const rows = await db.$queryRaw<{ name: string }[]>`
      select migration_name as name from _prisma_migrations where finished_at is not null and rolled_back_at is null`;
    applied = new Set(rows.map(({ name }) => name));
  } catch {
    return wrong('Migrations', 'the database is empty; run: luma-sync migrate');
  }
  const missing = wanted.filter((name) => !applied.has(name));
  if (missing.length > 0) return wrong('Migrations', `${missing.length} are missing; run: luma-sync migrate`);
  return ok('Migrations', `all ${wanted.length} applied`);
}

/** Tried again by themselves; what keeps them from ending may need a person all the same. */
async function checkParked(db: Database): Promise<Finding[]> {
  const { parked } = await measureIsolation(db);
  if (parked === 0) return [];
  return [note('Operations', `${parked} are parked, to be tried again later; see: luma-sync operations list --parked`)];
}

/** Secrets that an earlier key still has to open keep that key from being taken out of ENCRYPTION_KEY. */
async function checkRotation(db: Database, keyring: Keyring | null): Promise<Finding[]> {
  if (keyring === null) return [];
  const states = await rotateSecrets(db, keyring, { isDryRun: true });
  const count = states.reduce((sum, { rotated }) => sum + rotated, 0);
  if (count === 0) return [];
  return [
    note('Stored secrets', `${count} are not under the first key of ENCRYPTION_KEY; run: luma-sync secrets rotate`),
  ];
}

async function checkUnreadable(db: Database): Promise<Finding[]> {
  const calendars = await countOpenUnreadable(db);
  return calendars.map(({ name, count }) =>
    note(`Records of "${name}" at Luma`, `${count} cannot be read or stored in full; see: luma-sync unreadable list`),
  );
}

async function checkCalendars(db: Database, keyring: Keyring | null): Promise<Finding[]> {
  const calendars = await listCalendars(db);
  if (calendars.length === 0) return [note('Calendars', 'there is none; add one by the API, or set LUMA_API_KEY')];
  const unreadable = new Set((keyring === null ? [] : await findUnreadableCalendars(db, keyring)).map(({ id }) => id));
  const findings = calendars.map(({ id, name, status, statusReason, kind, hasApiKey, hasWebhookSecret }) => {
    const what = `Calendar "${name}"`;
    if (unreadable.has(id))
      return wrong(
        what,
        'ENCRYPTION_KEY does not open its secrets; put the earlier key behind the new one, comma-separated, or enter its key and webhook secret anew',
      );
    if (status !== 'ok') return wrong(what, `${status}${statusReason === null ? '' : `, ${statusReason}`}`);
    if (kind === 'luma' && !hasApiKey) return note(what, 'has no API key, so it can only be embedded');
    if (kind === 'luma' && !hasWebhookSecret)
      return note(what, 'has no webhook secret, so webhooks are refused and changes come by polling');
    return ok(what);
  });
  const hasDefault = calendars.some(({ isDefault }) => isDefault);
  return hasDefault
    ? findings
    : [...findings, note('Default calendar', 'none: events outside every routing circle have nowhere to go')];
}
