import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { EVENT_FIELD_RULES, FOLLOWED_FIELD_RULES } from '@luma-sync/domain';
import { inRoot } from './paths.mjs';

/** The table as the page has to show it: to repair the page, copy what the failure prints. */
function toTable() {
  const rows = Object.entries({ ...EVENT_FIELD_RULES, ...FOLLOWED_FIELD_RULES }).map(
    ([field, { writers, wins, sameness }]) => `| \`${field}\` | ${writers} | ${wins} | ${sameness} |`,
  );
  return [
    '| field | who may change it | whose value stays when both changed it | what counts as the same |',
    '| --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

describe('docs/sync-rules.md', () => {
  it('shows the rules of fields as the code has them', () => {
    const page = readFileSync(inRoot('docs', 'sync-rules.md'), 'utf8');
    const shown = /<!-- fields:begin -->\n([\s\S]*?)<!-- fields:end -->/.exec(page)?.[1]?.trim();
    expect(shown).toBe(toTable());
  });
});
