import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { catalog } from '@luma-sync/jobs';
import { ENDPOINTS } from '@luma-sync/luma-client';
import { JOB_LABELS, REQUEST_LABELS, SKIP_LABELS, WAIT_LABELS, WEBHOOK_LABELS } from './labels.js';

const handlers = join(import.meta.dirname, '../../sync/src');
const sources = readdirSync(handlers, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .map((file) => readFileSync(join(handlers, file), 'utf8'))
  .join('\n');
const found = (pattern: RegExp): string[] => [...new Set([...sources.matchAll(pattern)].map(([, word = '']) => word))];

/** An operator reads words, not the stable names that programs use. */
describe('the words of the timeline know', () => {
  it('every job', () => {
    expect(Object.keys(catalog).filter((job) => !(job in JOB_LABELS))).toEqual([]);
  });

  it('every route of the client', () => {
    expect(Object.values(ENDPOINTS).filter(({ path }) => !(path in REQUEST_LABELS))).toEqual([]);
  });

  it('every reason for which a handler has nothing to do', () => {
    const reasons = [...found(/skipped\('([a-z-]+)'/g), ...found(/kind: 'skip', reason: '([a-z-]+)'/g)];
    expect(reasons.length).toBeGreaterThan(10);
    expect(reasons.filter((reason) => !(reason in SKIP_LABELS))).toEqual([]);
  });

  it('every reason for which a handler comes back later', () => {
    const codes = found(/new RetryAfterError\(\s*'([a-z._]+)'/g);
    expect(codes.length).toBeGreaterThan(2);
    expect(codes.filter((code) => !(code in WAIT_LABELS))).toEqual([]);
  });

  it('everything that can become of a webhook', () => {
    const applied = found(/export type EventApplied =\s+([^;]+);/g).flatMap(
      (types) => types.match(/[a-z-]{4,}/g) ?? [],
    );
    expect(applied.length).toBeGreaterThan(4);
    expect(applied.filter((word) => !(word in WEBHOOK_LABELS))).toEqual([]);
  });
});
