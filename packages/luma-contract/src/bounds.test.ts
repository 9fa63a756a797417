import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { LIST_BOUNDS, TEXT_BOUNDS } from './bounds.js';

const rowsOf = (heading: string): string[] => {
  const text = readFileSync(new URL('../../../docs/limits.md', import.meta.url), 'utf8');
  const section = text.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  return section.split('\n').filter((line) => line.startsWith('| `'));
};

/** Fields with the same bound stand in one row. */
function toRows(bounds: readonly { field: string; limit: string; source: string; reason: string }[]): string[] {
  const rows = new Map<string, string[]>();
  for (const { field, limit, source, reason } of bounds) {
    const rest = `${limit} | ${source} | ${reason}`;
    rows.set(rest, [...(rows.get(rest) ?? []), `\`${field}\``]);
  }
  return [...rows].map(([rest, fields]) => `| ${fields.join(', ')} | ${rest} |`);
}

const figure = (value: number): string => value.toLocaleString('en-US');

describe('docs/limits.md', () => {
  it('lists the longest text of every field of Luma’s', () => {
    const bounds = Object.entries(TEXT_BOUNDS).map(([field, { lengthMax, source, reason }]) => ({
      field,
      limit: figure(lengthMax),
      source: source === 'document' ? 'Luma’s document' : 'ours',
      reason,
    }));
    expect(rowsOf('Texts from Luma')).toEqual(toRows(bounds));
  });

  it('lists the longest list of every field of Luma’s', () => {
    const bounds = Object.entries(LIST_BOUNDS).map(([field, { itemsMax, reason }]) => ({
      field,
      limit: figure(itemsMax),
      source: 'ours',
      reason,
    }));
    expect(rowsOf('Lists from Luma')).toEqual(toRows(bounds));
  });
});
