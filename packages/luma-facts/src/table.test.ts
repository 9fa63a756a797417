import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import {
  LATER_TABLE_FILE,
  laterFacts,
  lumaFacts,
  printTable,
  readOpenApi,
  TABLE_FILE,
  type Table,
  toLaterFacts,
  toTable,
} from './index.js';

/** Beside the checkout: the document is not ours to pass on. */
const DOCUMENT = new URL('../../../../shared/luma/openapi.json', import.meta.url);
const LATER = new URL('../../../../shared/luma/openapi-2026-08.reconstructed.json', import.meta.url);
const kept = readFileSync(TABLE_FILE, 'utf8');

describe('the table of facts', () => {
  it('is what the script derives from the document, where the document is at hand', () => {
    const derived = existsSync(DOCUMENT)
      ? toTable(readOpenApi(JSON.parse(readFileSync(DOCUMENT, 'utf8'))))
      : (JSON.parse(kept) as Table);
    expect(printTable(derived)).toBe(kept);
  });

  it('has beside it what the deviations rest on of the document of August, where that is at hand', () => {
    const keptLater = readFileSync(LATER_TABLE_FILE, 'utf8');
    const later = existsSync(LATER) ? readOpenApi(JSON.parse(readFileSync(LATER, 'utf8'))) : laterFacts();
    expect(printTable(toTable(toLaterFacts(lumaFacts(), later)))).toBe(keptLater);
    expect(printTable(toTable(laterFacts()))).toBe(keptLater);
  });

  it('is read back as it was written', () => {
    expect(printTable(toTable(lumaFacts()))).toBe(kept);
  });

  it('holds facts and no texts', () => {
    const rows = Object.values((JSON.parse(kept) as Table).parts).flatMap((part) => Object.values(part));
    const names = new Set(rows.flatMap((row) => Object.keys(row)));
    expect([...names].sort()).toEqual([
      'enum',
      'exclusiveMinimum',
      'format',
      'isClosed',
      'maxItems',
      'maxLength',
      'maximum',
      'minItems',
      'minLength',
      'minimum',
      'nullable',
      'pattern',
      'required',
      'type',
    ]);
  });

  it('knows that no request empties a place, a coordinate or a link', () => {
    const { fields = {} } = lumaFacts().get('POST /v1/events/update body') ?? {};
    expect(fields.max_capacity?.shape.nullable).toBe(true);
    for (const name of ['coordinate', 'geo_address_json', 'meeting_url']) {
      expect(fields[name]).toBeDefined();
      expect(fields[name]?.shape.nullable).toBeUndefined();
    }
  });
});
