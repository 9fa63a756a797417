import pg from 'pg';

/** Looks into the database from outside. Survives restarts of Postgres; a query that meets one fails. */
export class Sql {
  readonly #pool: pg.Pool;

  constructor(url: string) {
    this.#pool = new pg.Pool({
      connectionString: url,
      max: 4,
      connectionTimeoutMillis: 3_000,
      query_timeout: 10_000,
      application_name: 'chaos',
    });
    this.#pool.on('error', () => {});
  }

  async rows<Row>(text: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.#pool.query(text, values)).rows as Row[];
  }

  close(): Promise<void> {
    return this.#pool.end();
  }
}
