import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { describeNeeds, findTestNeeds, joinNeeds, readWithHelpers } from './find-test-needs.mjs';
import { root } from './paths.mjs';
import { kindOf, listTests } from './test-kinds.mjs';

const tests = ['packages', 'apps', 'tests', 'scripts', 'simulation', 'chaos', 'bench'].flatMap((folder) =>
  listTests(root, folder),
);

const nothing = { postgres: false, redis: false, redisProgram: false, build: false };

describe('the needs of a test', () => {
  it.each([
    ['packages/domain/src/events/event-record.test.ts', { kind: 'unit' }],
    ['packages/rate-limiter/src/use.property.test.ts', { kind: 'property' }],
    // Opens a database itself.
    ['packages/store/src/leases.integration.test.ts', { kind: 'integration', postgres: true }],
    // Opens a database in a helper beside `src`.
    ['packages/sync/src/event-push/handler.fault.test.ts', { kind: 'fault', postgres: true }],
    ['packages/testkit/src/test-redis.integration.test.ts', { kind: 'integration', redis: true }],
    ['packages/queue/src/runner/not-begun.fault.test.ts', { kind: 'fault', redis: true }],
    ['packages/testkit/src/redis-cluster.integration.test.ts', { kind: 'integration', redisProgram: true }],
    ['packages/luma-client/src/contract.integration.test.ts', { kind: 'integration' }],
    ['chaos/src/environment/preload.fault.test.ts', { kind: 'fault', build: true }],
    ['tests/e2e/two-way-journey.test.ts', { kind: 'e2e', postgres: true, redisProgram: true, build: true }],
  ])('are found for %s', (path, expected) => {
    expect(findTestNeeds(root, path)).toEqual({ ...nothing, ...expected });
  });

  it('are those of all tests of a folder together, in one line', () => {
    const folder = ['packages/domain/src/events/event-record.test.ts', 'packages/store/src/leases.integration.test.ts'];
    const needs = joinNeeds(folder.map((path) => findTestNeeds(root, path)));
    expect(describeNeeds(2, needs)).toBe('2 test files (unit, integration): starts Postgres');
    const cluster = joinNeeds([findTestNeeds(root, 'packages/testkit/src/redis-cluster.integration.test.ts')]);
    expect(describeNeeds(1, cluster)).toBe(
      '1 test file (integration): starts no service; needs a Redis program that the test starts itself',
    );
  });
});

describe('unit and property tests', () => {
  const withoutServices = tests.filter((path) => ['unit', 'property'].includes(kindOf(path)));

  /** Tests of this function, and of the helpers themselves, name what they look for. */
  const exempt = ['scripts/lib/find-test-needs.test.mjs'];

  it('open no database and no Redis, nor do their helpers', () => {
    expect(withoutServices.length).toBeGreaterThan(150);
    const opens =
      /\b(openTestDatabase|openTestRedis|getDatabaseUrl|getRedisUrl|start(Redis|Postgres)(Server|Cluster))\b/;
    const wrong = withoutServices
      .filter((path) => !exempt.includes(path))
      .filter((path) => readWithHelpers(root, path).some((text) => opens.test(text)));
    expect(wrong).toEqual([]);
  });

  it('need no compiled code', () => {
    const wrong = withoutServices
      .filter((path) => !exempt.includes(path))
      .filter((path) => /\/dist\/[\w/-]+\.js['"]/.test(readFileSync(join(root, path), 'utf8')));
    expect(wrong).toEqual([
      // Names an import that is refused.
      'scripts/lib/imports/check-imports.test.mjs',
    ]);
  });
});
