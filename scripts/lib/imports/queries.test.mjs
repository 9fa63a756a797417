import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { root } from '../paths.mjs';
import { isTest } from '../test-kinds.mjs';
import { listSources } from './list-sources.mjs';

/** A query by Prisma's client, or SQL. */
const queries = /\b(?:tx|db)\.\w+\.\w+\(|\$(?:queryRaw|executeRaw|transaction)/;

const sources = listSources(join(root, 'packages/application/src')).filter((file) => !isTest(file));

describe('the commands of packages/application', () => {
  it('read and write rows by functions of the store alone, in a transaction of their caller', () => {
    expect(sources.length).toBeGreaterThan(15);
    expect(sources.filter((file) => queries.test(readFileSync(file, 'utf8')))).toEqual([]);
  });

  it.each([
    ['const event = await tx.event.update({ where: { id } });', true],
    ['await tx.$executeRaw`select 1`;', true],
    ['await db.$transaction(work);', true],
    ['await markPushRequested(tx, event.id);', false],
  ])('would be found querying by %s: %s', (text, isFound) => {
    expect(queries.test(text)).toBe(isFound);
  });
});
