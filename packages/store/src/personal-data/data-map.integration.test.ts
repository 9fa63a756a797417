import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';
import { openSyncWorld } from '../../test/sync-world.js';

const MAP = fileURLToPath(new URL('../../../../docs/data-map.md', import.meta.url));

it('docs/data-map.md classifies every column of every table, once', async () => {
  const text = await readFile(MAP, 'utf8');
  const part = (name: string) => text.split(`<!-- ${name}:begin -->`)[1]?.split(`<!-- ${name}:end -->`)[0] ?? '';
  const personal = [...part('personal').matchAll(/^\| `([a-z_]+\.[a-z_]+)` \|/gm)].map(([, column]) => column);
  const others = [...part('others').matchAll(/^\| `([a-z_]+)` \| (.*) \|$/gm)].flatMap(([, table, columns = '']) =>
    columns.split(', ').map((column) => `${table}.${column}`),
  );
  const { db } = await openSyncWorld();
  const rows = await db.$queryRaw<{ column: string }[]>`
    select table_name || '.' || column_name as column from information_schema.columns
    where table_schema = current_schema() and table_name <> '_prisma_migrations'`;
  expect([...personal, ...others].sort()).toEqual(rows.map(({ column }) => column).sort());
});
