import pg from 'pg';

const { CHAR, BPCHAR } = pg.types.builtins;

/**
 * A pool whose answers call Postgres's one-byte type "char" by the name of an ordinary character. The system catalog uses
 * that type (`pg_constraint.contype`), the schema engine reads the catalog, and @prisma/adapter-pg 7.10 knows no such
 * type. Drop this when `findSchemaDrift` passes its tests with a plain pool.
 */
export class CatalogPool extends pg.Pool {
  constructor(config: pg.PoolConfig) {
    super({ ...config, max: 2 });
    const query = this.query.bind(this) as (...args: unknown[]) => Promise<pg.QueryResult>;
    const renaming = async (...args: unknown[]): Promise<pg.QueryResult> => {
      const result = await query(...args);
      for (const field of result.fields ?? []) if (field.dataTypeID === CHAR) field.dataTypeID = BPCHAR;
      return result;
    };
    this.query = renaming as typeof this.query;
    // A connection lost while idle is reported by the next query; without a listener it would end the process.
    this.on('error', () => {});
  }
}
