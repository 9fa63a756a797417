import { readFileSync } from 'node:fs';
import { fromTable, type Table } from './rows.js';
import type { Facts } from './shape.js';

/** The table that is kept: what Luma's document of June 2026 says. `npm run luma:facts` writes it. */
export const TABLE_FILE = new URL('../table/luma-facts.json', import.meta.url);

let kept: Facts | null = null;

/** Luma's document as a table. Read once. */
export function lumaFacts(): Facts {
  kept ??= fromTable(JSON.parse(readFileSync(TABLE_FILE, 'utf8')) as Table);
  return kept;
}
