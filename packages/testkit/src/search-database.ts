import pg from 'pg';

export interface Finding {
  /** `table.column` */
  place: string;
  marker: string;
  rows: number;
}

/**
 * Searches every column of every table of our own for texts, whatever the column's type: json and arrays are searched
 * as text. Capitals do not count.
 *
 * @param except Columns (`table.column`) that are not searched.
 */
export async function searchDatabase(
  url: string,
  markers: readonly string[],
  except: readonly string[] = [],
): Promise<Finding[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    const columns = await client.query<{ table: string; column: string }>(`
      select table_name as table, column_name as column from information_schema.columns
      where table_schema = current_schema() and table_name <> '_prisma_migrations'
      order by table_name, ordinal_position`);
    const findings: Finding[] = [];
    for (const { table, column } of columns.rows) {
      const place = `${table}.${column}`;
      if (except.includes(place)) continue;
      const found = await client.query<{ marker: string; rows: number }>(
        `select marker, count(*)::int as rows
         from unnest($1::text[]) as marker join ${pg.escapeIdentifier(table)} t
           on position(lower(marker) in lower(t.${pg.escapeIdentifier(column)}::text)) > 0
         group by marker`,
        [markers],
      );
      findings.push(...found.rows.map(({ marker, rows }) => ({ place, marker, rows })));
    }
    return findings;
  } finally {
    await client.end();
  }
}
