import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

const ROOT = new URL('../../../../', import.meta.url);

/** Packages that a worker or a server needs, and of which a look at the system needs none. */
const HEAVY = ['bullmq', 'prom-client', 'pino', 'image-size', 'express', 'resend', 'react', 'react-dom'];

describe('doctor', () => {
  /** A person waits for it, and monitoring calls it each minute: loading what workers are made of took a second. */
  it('loads nothing that only workers and servers need', () => {
    const loaded = listLoaded(new URL('./examine.ts', import.meta.url));
    expect(loaded).toEqual(expect.arrayContaining(['@prisma/adapter-pg', 'ioredis', 'got']));
    expect(HEAVY.filter((name) => loaded.includes(name))).toEqual([]);
  });
});

/**
 * The installed packages that a module and all of ours behind it load at once. Types, and what is loaded later, cost
 * nothing.
 */
function listLoaded(start: URL): string[] {
  const installed = new Set<string>();
  const seen = new Set<string>();
  const waiting = [start];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (seen.has(file.href)) continue;
    seen.add(file.href);
    for (const name of listImports(readFileSync(file, 'utf8'))) {
      const next = toSource(name, file);
      if (next === null) installed.add(toPackage(name));
      else waiting.push(next);
    }
  }
  return [...installed].sort();
}

/** What `import` and `export … from` name, but for those of types alone. */
function listImports(source: string): string[] {
  const found = source.matchAll(/^(?:import|export) (?!type )(?:(?!^(?:import|export) )[^;])*?from '([^']+)';/gm);
  return [...found].map(([, name = '']) => name);
}

/** @returns the source of a module of ours; null: it is an installed package. */
function toSource(name: string, from: URL): URL | null {
  if (name.startsWith('.')) return findFile(new URL(name.replace(/\.js$/, ''), from));
  const [, unit, part = ''] = /^@luma-sync\/([^/]+)(?:\/(.+))?$/.exec(name) ?? [];
  return unit === undefined ? null : findFile(new URL(`packages/${unit}/src/${part === '' ? 'index' : part}`, ROOT));
}

function findFile(bare: URL): URL {
  const candidates = [`${bare.href}.ts`, `${bare.href}/index.ts`].map((href) => new URL(href));
  const found = candidates.find((url) => existsSync(url));
  if (found === undefined) throw new Error(`no source for ${bare.href}`);
  return found;
}

const toPackage = (name: string): string =>
  name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');
