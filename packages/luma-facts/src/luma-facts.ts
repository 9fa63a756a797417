import { readFileSync } from 'node:fs';
import { fromTable, type Table } from './rows.js';
import type { Facts } from './shape.js';

/** The table that is kept: what Luma's document of June 2026 says. `npm run luma:facts` writes it. */
export const TABLE_FILE = new URL('../table/luma-facts.json', import.meta.url);

/**
 * What `luma:facts --later` writes: of the document of August 2026 what the deviations with the source `O8` rest on.
 */
export const LATER_TABLE_FILE = new URL('../table/luma-facts-later.json', import.meta.url);

let kept: Facts | null = null;
let keptLater: Facts | null = null;

/** Luma's document as a table. Read once. */
export function lumaFacts(): Facts {
  kept ??= readTable(TABLE_FILE);
  return kept;
}

/**
 * Of a later document: requests with routes or fields that {@link lumaFacts} lacks, and the answers of those routes.
 */
export function laterFacts(): Facts {
  keptLater ??= readTable(LATER_TABLE_FILE);
  return keptLater;
}

const readTable = (file: URL): Facts => fromTable(JSON.parse(readFileSync(file, 'utf8')) as Table);
