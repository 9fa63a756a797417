import { API_KEY_SCOPES, type ApiKeyScope, createApiKey, listApiKeys, revokeApiKey } from '@luma-sync/store';
import { type Command, InvalidArgumentError } from 'commander';
import { type CliContext, CliError, withDatabase } from '../cli-context.js';
import { toMoment, toTable } from '../table.js';

export function addKeys(program: Command, context: CliContext): void {
  const { print } = context;
  const keys = program.command('keys').description('API keys of app servers');

  keys
    .command('create')
    .description('make a key; it is shown once')
    .requiredOption('--name <name>', 'who uses it; stands in timelines and operations', readName)
    .option(
      '--scopes <scopes>',
      `comma-separated: ${API_KEY_SCOPES.join(', ')}; each includes the ones before it`,
      readScopes,
      ['write'],
    )
    .action(async ({ name, scopes }: { name: string; scopes: ApiKeyScope[] }) => {
      const { record, key } = await withDatabase(context, (db) => createApiKey(db, { name, scopes }));
      print(`Key ${record.id} for "${name}" with ${scopes.join(', ')}. It is shown this once:`);
      print(key);
    });

  keys
    .command('list')
    .description('all keys, revoked ones too')
    .action(async () => {
      const records = await withDatabase(context, listApiKeys);
      const rows = records.map(({ id, name, prefix, scopes, createdAt, lastUsedAt, revokedAt }) => [
        id,
        name,
        `${prefix}…`,
        scopes.join(','),
        toMoment(createdAt),
        toMoment(lastUsedAt),
        toMoment(revokedAt),
      ]);
      for (const line of toTable(['id', 'name', 'key', 'scopes', 'created', 'last used', 'revoked'], rows)) print(line);
    });

  keys
    .command('revoke')
    .description('close a key; running processes notice within 10 s')
    .argument('<id>', 'as `keys list` shows it', readUuid)
    .action(async (id: string) => {
      const isRevoked = await withDatabase(context, (db) => revokeApiKey(db, id));
      if (!isRevoked) throw new CliError(`there is no valid key ${id}`);
      print(`Revoked ${id}.`);
    });
}

function readName(value: string): string {
  const name = value.trim();
  if (!/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,59}$/u.test(name))
    throw new InvalidArgumentError('up to 60 letters, digits, spaces, dots, dashes.');
  return name;
}

function readScopes(value: string): ApiKeyScope[] {
  const scopes = value.split(',').map((scope) => scope.trim());
  const isKnown = (scope: string): scope is ApiKeyScope => API_KEY_SCOPES.some((known) => known === scope);
  if (!scopes.every(isKnown)) throw new InvalidArgumentError(`there are ${API_KEY_SCOPES.join(', ')}.`);
  return scopes as ApiKeyScope[];
}

/** Postgres would refuse anything else with an error of its own. */
export function readUuid(value: string): string {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)) throw new InvalidArgumentError('not an id.');
  return value;
}
