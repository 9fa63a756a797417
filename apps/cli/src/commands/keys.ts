import { isUuid } from '@luma-sync/domain';
import {
  CLI_ACTOR,
  type CreatedApiKey,
  createApiKey,
  type Db,
  inTransaction,
  listApiKeys,
  listCalendars,
  recordAudit,
  revokeApiKey,
  SCOPE_NAMES,
  type ScopeName,
} from '@luma-sync/store';
import { type Command, InvalidArgumentError } from 'commander';
import { type CliContext, CliError, withDatabase } from '../cli-context.js';
import { toMoment, toTable } from '../table.js';

export function addKeys(program: Command, context: CliContext): void {
  const keys = program.command('keys').description('API keys of app servers');

  keys
    .command('create')
    .description('make a key; it is shown once')
    .requiredOption('--name <name>', 'who uses it; stands in timelines and operations', readName)
    .option(
      '--scopes <scopes>',
      `comma-separated: ${SCOPE_NAMES.join(', ')}; docs/api-keys.md says what each opens`,
      readScopes,
      ['write'] satisfies ScopeName[],
    )
    .option('--calendar <calendar>', 'bind it to this calendar, by name or id; may be given again', collect, [])
    .option(
      '--expires <moment>',
      'it opens nothing from then on, such as 2027-06-30 or 2027-06-30T18:00:00Z',
      readExpiry,
    )
    .action((options: CreateOptions) => createKey(context, options));

  keys
    .command('list')
    .description('all keys, revoked ones too')
    .action(() => listKeys(context));

  keys
    .command('revoke')
    .description('close a key; running processes notice within 10 s')
    .argument('<id>', 'as `keys list` shows it', readUuid)
    .action((id: string) => revokeKey(context, id));
}

async function createKey(context: CliContext, options: CreateOptions): Promise<void> {
  const { print } = context;
  const { record, key } = await withDatabase(context, (db) => inTransaction(db, (tx) => create(tx, options)));
  const reach = record.calendarIds.length === 0 ? 'every calendar' : `${record.calendarIds.length} calendar(s)`;
  const until = record.expiresAt === null ? '' : ` until ${toMoment(record.expiresAt)}`;
  print(`Key ${record.id} for "${record.name}" with ${record.scopes.join(', ')} on ${reach}${until}.`);
  print('It is shown this once:');
  print(key);
}

async function listKeys(context: CliContext): Promise<void> {
  const records = await withDatabase(context, listApiKeys);
  const rows = records.map(({ id, name, prefix, scopes, calendarIds, expiresAt, createdAt, lastUsedAt, revokedAt }) => [
    id,
    name,
    `${prefix}…`,
    scopes.join(','),
    calendarIds.length === 0 ? 'all' : calendarIds.join(','),
    toMoment(expiresAt),
    toMoment(createdAt),
    toMoment(lastUsedAt),
    toMoment(revokedAt),
  ]);
  const headings = ['id', 'name', 'key', 'scopes', 'calendars', 'expires', 'created', 'last used', 'revoked'];
  for (const line of toTable(headings, rows)) context.print(line);
}

async function revokeKey(context: CliContext, id: string): Promise<void> {
  const revoked = await withDatabase(context, (db) => inTransaction(db, (tx) => revoke(tx, id)));
  if (revoked === null) throw new CliError(`there is no valid key ${id}`);
  context.print(`Revoked ${id}.`);
}

function readName(value: string): string {
  const name = value.trim();
  if (!/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,59}$/u.test(name))
    throw new InvalidArgumentError('up to 60 letters, digits, spaces, dots, dashes.');
  return name;
}

function readScopes(value: string): ScopeName[] {
  const scopes = value.split(',').map((scope) => scope.trim());
  const isKnown = (scope: string): scope is ScopeName => SCOPE_NAMES.some((known) => known === scope);
  if (!scopes.every(isKnown)) throw new InvalidArgumentError(`there are ${SCOPE_NAMES.join(', ')}.`);
  return scopes as ScopeName[];
}

const collect = (value: string, earlier: string[]): string[] => [...earlier, value];

function readExpiry(value: string): Date {
  const at = /^\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:\d{2}))?$/.test(value) ? new Date(value) : new Date(Number.NaN);
  if (Number.isNaN(at.getTime())) throw new InvalidArgumentError('not a date, such as 2027-06-30.');
  if (at <= new Date()) throw new InvalidArgumentError('not in the future.');
  return at;
}

interface CreateOptions {
  name: string;
  scopes: ScopeName[];
  calendar: string[];
  expires?: Date;
}

async function create(tx: Db, options: CreateOptions): Promise<Extract<CreatedApiKey, { kind: 'created' }>> {
  const calendarIds = await findCalendarIds(tx, options.calendar);
  const { name, scopes, expires: expiresAt } = options;
  const made = await createApiKey(tx, { name, scopes, calendarIds, expiresAt });
  switch (made.kind) {
    case 'created': {
      const changes = { name, scopes, calendarIds, expiresAt: expiresAt?.toISOString() ?? null };
      const subject = made.record.id;
      await recordAudit(tx, CLI_ACTOR, { action: 'api_key.create', subjectType: 'api_key', subject, changes });
      return made;
    }
    case 'reserved-name':
      throw new CliError(`luma-sync itself acts under the name "${name}"; choose another one`);
    case 'malformed-name':
      throw new CliError('a name has up to 60 letters, digits, spaces, dots and dashes');
    case 'unknown-calendar':
      throw new CliError(`there is no calendar ${made.calendarId}`);
  }
}

async function findCalendarIds(tx: Db, named: readonly string[]): Promise<string[]> {
  if (named.length === 0) return [];
  const calendars = await listCalendars(tx);
  return named.map((wanted) => {
    const found = calendars.find(({ id, name }) => id === wanted.toLowerCase() || name === wanted);
    if (found === undefined) throw new CliError(`there is no calendar "${wanted}"`);
    return found.id;
  });
}

async function revoke(tx: Db, id: string) {
  const revoked = await revokeApiKey(tx, id);
  if (revoked === null) return null;
  const changes = { name: revoked.name };
  await recordAudit(tx, CLI_ACTOR, { action: 'api_key.revoke', subjectType: 'api_key', subject: id, changes });
  return revoked;
}

/** Postgres would refuse anything else with an error of its own. */
export function readUuid(value: string): string {
  if (!isUuid(value)) throw new InvalidArgumentError('not an id.');
  return value;
}
