import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { checkImports } from './check-imports.mjs';

let root;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'luma-sync-imports-'));
  mkdirSync(join(root, 'packages'));
  mkdirSync(join(root, 'apps'));
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Everything is declared, so that only the rule in question can object. */
const everything = Object.fromEntries(
  `domain luma-contract jobs luma-client rate-limiter store mail queue sync runtime client luma-access worker
   testkit luma-sim ingress relay event-worker bench migrator application`
    .split(/\s+/)
    .map((name) => [`@luma-sync/${name}`, 'workspace:*'])
    .concat(
      ['@prisma/client', 'bottleneck', 'bullmq', 'got', 'ioredis', 'pg', 'resend', 'zod'].map((name) => [name, '*']),
    ),
);

function violationsOf(path, source, dependencies = everything) {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, source);
  const unit = join(root, ...path.split('/').slice(0, path.startsWith('bench/') ? 1 : 2));
  writeFileSync(join(unit, 'package.json'), JSON.stringify({ dependencies }));
  return checkImports(root).violations.map((line) => line.split(': ').slice(1).join(': '));
}

describe('checkImports', () => {
  it.each([
    ['packages/domain/src/a.ts', `import { x } from '@luma-sync/jobs';`, 'domain may not import jobs'],
    ['packages/luma-contract/src/a.ts', `import '@luma-sync/domain';`, 'luma-contract may not import domain'],
    [
      'packages/domain/src/a.ts',
      `import { readFile } from 'node:fs/promises';`,
      'domain does no input or output and reads no clock',
    ],
    ['packages/jobs/src/a.ts', `import { x } from '@luma-sync/luma-contract';`, 'jobs may not import luma-contract'],
    [
      'packages/luma-client/src/a.ts',
      `import { x } from '@luma-sync/rate-limiter';`,
      'luma-client may not import rate-limiter',
    ],
    ['packages/queue/src/a.ts', `import type { X } from '@luma-sync/store';`, 'queue may not import store'],
    ['packages/sync/src/a.ts', `import { x } from '@luma-sync/store';`, 'sync may import types of store only'],
    ['packages/sync/src/a.ts', `const x = await import('@luma-sync/store');`, 'sync may import types of store only'],
    ['packages/sync/src/a.ts', `export * from '@luma-sync/store';`, 'sync may import types of store only'],
    ['packages/sync/src/a.ts', `import { x } from '@luma-sync/runtime';`, 'sync may not import runtime'],
    ['packages/store/src/a.ts', `import { x } from '@luma-sync/ingress';`, 'store may not import ingress'],
    ['packages/store/src/a.ts', `import { x } from '@luma-sync/application';`, 'store may not import application'],
    ['packages/sync/src/a.ts', `import { x } from '@luma-sync/application';`, 'sync may not import application'],
    ['bench/src/a.ts', `import { x } from '@luma-sync/mail';`, 'bench may not import mail'],
    ['packages/rate-limiter/src/a.ts', `import { x } from '@luma-sync/bench';`, 'rate-limiter may not import bench'],
    ['apps/relay/src/a.ts', `import { x } from '@luma-sync/bench';`, 'relay may not import bench'],
    ['packages/rate-limiter/src/a.ts', `import Bottleneck from 'bottleneck';`, 'only bench may import it'],
    ['apps/relay/src/a.ts', `import { x } from '@luma-sync/ingress';`, 'relay may not import ingress'],
    ['apps/relay/src/a.ts', `import { x } from '@luma-sync/testkit';`, 'relay may not import testkit'],
    ['apps/luma-sim/src/a.ts', `import { x } from '@luma-sync/domain';`, 'luma-sim may not import domain'],
    ['apps/relay/src/a.ts', `import { x } from '@luma-sync/migrator';`, 'relay may not import migrator'],
    ['apps/relay/src/a.ts', `import { x } from '@prisma/client';`, 'only store, migrator may import it'],
    ['packages/sync/src/a.test.ts', `import { x } from '@prisma/client';`, 'only store, migrator may import it'],
    ['apps/relay/src/a.ts', `import { x } from 'bullmq';`, 'only queue, bench may import it'],
    ['packages/mail/src/a.ts', `import got from 'got';`, 'only luma-client, safe-fetch may import it'],
    ['apps/ingress/src/a.ts', `import { x } from 'resend';`, 'only mail may import it'],
    ['apps/ingress/src/a.ts', `import pg from 'pg';`, 'only store, migrator, testkit, chaos may import it'],
    ['apps/relay/src/a.ts', `import { x } from '@luma-sync/runtime/log/scrub';`, 'only cli may import it'],
    ['apps/cli/src/a.ts', `import { x } from '@luma-sync/worker';`, 'cli may not import worker'],
    ['apps/ingress/src/a.ts', `import { x } from '@luma-sync/worker';`, 'ingress may not import worker'],
    ['apps/ingress/src/a.test.ts', `import { x } from '@luma-sync/worker';`, 'ingress may not import worker'],
    ['packages/luma-access/src/a.ts', `import { x } from '@luma-sync/worker';`, 'luma-access may not import worker'],
    [
      'packages/luma-access/src/a.ts',
      `import { x } from '@luma-sync/sync';`,
      'luma-access may import types of sync only',
    ],
    ['apps/cli/src/a.ts', `import { x } from '@luma-sync/store/dist/x.js';`, 'store exports no "dist/x.js"'],
    [
      'packages/store/src/a.ts',
      `import { x } from '@luma-sync/store';`,
      'a package reaches its own files by relative imports',
    ],
    [
      'packages/store/src/a.ts',
      `import { x } from '../../queue/src/b.js';`,
      'a relative import stays within its own package',
    ],
    ['packages/store/src/a.ts', `import { x } from '../test/world.js';`, 'only tests use what helps tests'],
    [
      'packages/other/src/a.ts',
      `import { x } from '@luma-sync/domain';`,
      'other is not listed in scripts/lib/imports/rules.mjs',
    ],
  ])('in %s refuses: %s', (path, source, violation) => {
    expect(violationsOf(path, source)).toEqual([violation]);
  });

  it.each([
    [
      'packages/sync/src/a.ts',
      `import type { X } from '@luma-sync/store';\nimport { type Y } from '@luma-sync/luma-client';`,
    ],
    ['packages/sync/src/a.ts', `type X = import('@luma-sync/store').X;`],
    ['apps/event-worker/src/a.ts', `import { x } from '@luma-sync/worker';`],
    ['packages/worker/src/a.ts', `import { x } from '@luma-sync/luma-access';`],
    [
      'packages/sync/src/a.integration.test.ts',
      `import { x } from '@luma-sync/store';\nimport { y } from '@luma-sync/luma-sim';`,
    ],
    ['packages/store/test/world.ts', `import { x } from '@luma-sync/testkit';\nimport { y } from '../src/index.js';`],
    ['packages/queue/src/a.ts', `import { x } from '@luma-sync/jobs';\nimport { Queue } from 'bullmq';`],
    ['bench/src/a.ts', `import { x } from '@luma-sync/rate-limiter';\nimport { Queue } from 'bullmq';`],
    ['packages/domain/src/a.ts', `import { createHash } from 'node:crypto';\n// import '@luma-sync/jobs';`],
    ['apps/ingress/src/a.tsx', `import { x } from '@luma-sync/queue';\nexport const y = <p>@luma-sync/relay</p>;`],
    ['packages/domain/src/generated/a.ts', `import { x } from '@luma-sync/jobs';`],
  ])('in %s accepts: %s', (path, source) => {
    expect(violationsOf(path, source)).toEqual([]);
  });

  const noConnections = (unit) =>
    `${unit} may not open connections: requests to Luma go through luma-client, which cannot send without a slot`;

  it.each([
    ['packages/sync/src/a.ts', `await fetch('https://public-api.luma.com/v1/users/get-self');`, 'sync'],
    ['packages/sync/src/a.ts', `const ask = globalThis.fetch;`, 'sync'],
    ['packages/worker/src/a.ts', `const deps = { fetch };`, 'worker'],
    ['apps/relay/src/a.ts', `import { request } from 'node:https';`, 'relay'],
    ['apps/relay/src/a.ts', `import https from 'node:https';`, 'relay'],
    ['apps/relay/src/a.ts', `import * as net from 'node:net';`, 'relay'],
    ['apps/relay/src/a.ts', `export * from 'node:http';`, 'relay'],
    ['apps/relay/src/a.ts', `const { request } = await import('node:http');`, 'relay'],
    ['apps/relay/src/a.ts', `const { connect } = process.getBuiltinModule('node:tls');`, 'relay'],
    ['apps/ingress/src/a.ts', `import { createServer, request } from 'node:http';`, 'ingress'],
    ['packages/mail/src/a.ts', `new WebSocket('wss://example.org');`, 'mail'],
  ])('in %s refuses a way around the budget: %s', (path, source, unit) => {
    expect(violationsOf(path, source)).toEqual([noConnections(unit)]);
  });

  it('lets nobody but the client write the header that carries a Luma key', () => {
    const source = `export const headers = { 'X-Luma-Api-Key': 'x' };`;
    expect(violationsOf('packages/luma-client/src/a.ts', source)).toEqual([]);
    expect(violationsOf('packages/sync/src/a.ts', source)).toEqual(['only luma-client may send a Luma key']);
  });

  it.each([
    ['apps/ingress/src/a.ts', `import { createServer, type Server } from 'node:http';`],
    ['packages/worker/src/a.ts', `import type { Agent } from 'node:http';`],
    ['packages/luma-client/src/a.ts', `import { Agent } from 'node:https';`],
    ['packages/sync/src/a.ts', `queue.fetch({ fetch: 1 }).fetch;\ninterface A { fetch: string }`],
    ['packages/sync/src/a.test.ts', `await fetch('http://127.0.0.1/');`],
  ])('in %s accepts what opens no connection: %s', (path, source) => {
    expect(violationsOf(path, source)).toEqual([]);
  });

  it('refuses folders of one package that import each other', () => {
    violationsOf('packages/store/src/a/x.ts', `import { y } from '../b/y.js';`);
    expect(violationsOf('packages/store/src/b/y.ts', `import { x } from '../a/x.js';`)).toEqual([
      'a (a/x.ts imports ../b/y.js) -> b (b/y.ts imports ../a/x.js)',
    ]);
    expect(violationsOf('packages/store/src/b/y.ts', `import type { X } from '../a/x.js';`)).toEqual([]);
  });

  it('refuses a package that is not declared, and names file and line', () => {
    violationsOf('packages/mail/src/deep/a.ts', `// one\n\nimport { z } from 'zod';\n`, {});
    expect(checkImports(root)).toEqual({
      files: 1,
      violations: ['packages/mail/src/deep/a.ts:3 imports zod: not among the dependencies in package.json'],
    });
  });
});
