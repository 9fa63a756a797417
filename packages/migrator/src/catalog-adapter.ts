import { PrismaPg } from '@prisma/adapter-pg';
import { ColumnTypeEnum, type SqlDriverAdapter } from '@prisma/driver-adapter-utils';
import pg from 'pg';

const { CHAR } = pg.types.builtins;
const charArray = 1002;

/**
 * A driver adapter through which the schema engine can read Postgres's system catalog.
 *
 * The catalog uses the one-byte type "char" (`pg_constraint.contype`). The engine reads such a column as a character;
 * @prisma/adapter-pg 7.10 refuses the type. So the pool calls it an array of characters, a type that the adapter knows
 *   and the catalog does not use, and the adapter's answer is put right. To be dropped once the tests of
 *   `findSchemaDrift` pass with a plain adapter.
 */
export async function openCatalogAdapter(url: string): Promise<SqlDriverAdapter> {
  const adapter = await new PrismaPg(openPool(url), { disposeExternalPool: true }).connect();
  const queryRaw = adapter.queryRaw.bind(adapter);
  adapter.queryRaw = async (statement) => {
    const result = await queryRaw(statement);
    const columnTypes = result.columnTypes.map((type) =>
      type === ColumnTypeEnum.CharacterArray ? ColumnTypeEnum.Character : type,
    );
    return { ...result, columnTypes };
  };
  return adapter;
}

function openPool(url: string): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, max: 2, connectionTimeoutMillis: 10_000 });
  const query = pool.query.bind(pool) as (...args: unknown[]) => Promise<pg.QueryResult>;
  const renaming = async (...args: unknown[]): Promise<pg.QueryResult> => {
    const result = await query(...args);
    for (const field of result.fields ?? []) if (field.dataTypeID === CHAR) field.dataTypeID = charArray;
    return result;
  };
  pool.query = renaming as typeof pool.query;
  // A connection lost while idle shows at the next query; without a listener it would end the process.
  pool.on('error', () => {});
  return pool;
}
