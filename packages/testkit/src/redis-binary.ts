import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A Redis server to start, from the same places as scripts/lib/redis-binary.mjs looks in. */
export function findRedisBinary(): string {
  const onPath = (process.env.PATH ?? '').split(delimiter).filter((dir) => dir !== '');
  const unpacked = fileURLToPath(new URL('../../../.data/tools/redis/redis-server', import.meta.url));
  const candidates = [
    process.env.REDIS_SERVER_BIN ?? '',
    ...['redis-server', 'valkey-server'].flatMap((name) => onPath.map((dir) => join(dir, name))),
    unpacked,
  ];
  const found = candidates.find((file) => file !== '' && isExecutable(file));
  if (found === undefined) {
    throw new Error(
      'this test stops and restarts a Redis of its own: install redis-server or valkey-server, or name one in ' +
        'REDIS_SERVER_BIN',
    );
  }
  return found;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
