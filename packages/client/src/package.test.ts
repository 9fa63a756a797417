import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const dir = mkdtempSync(join(tmpdir(), 'client-package-'));
const app = join(dir, 'app');
const installed = join(app, 'node_modules', '@luma-sync', 'client');

/** Packed from a copy, so that no other test meets a half-built `dist`, and installed without a network. */
beforeAll(() => {
  const source = join(dir, 'source');
  cpSync(join(root, 'packages', 'client'), join(source, 'packages', 'client'), {
    recursive: true,
    filter: (path) => !/node_modules|tsbuildinfo/.test(path.slice(root.length)),
  });
  cpSync(join(root, 'tsconfig.base.json'), join(source, 'tsconfig.base.json'));
  symlinkSync(join(root, 'node_modules'), join(source, 'node_modules'));
  // Of a source file that is gone.
  mkdirSync(join(source, 'packages', 'client', 'dist'), { recursive: true });
  writeFileSync(join(source, 'packages', 'client', 'dist', 'stale.js'), '');
  mkdirSync(app);
  writeFileSync(join(app, 'package.json'), '{"private":true,"type":"module"}');
  npm(join(source, 'packages', 'client'), ['pack', '--pack-destination', dir]);
  const packed = readdirSync(dir).find((name) => name.endsWith('.tgz')) ?? '';
  npm(app, ['install', '--offline', '--no-audit', '--no-fund', join(dir, packed)]);
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function npm(cwd: string, args: string[]): void {
  // What npm tells the scripts it runs is left out: it names the project this test itself runs in.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.toLowerCase().startsWith('npm_')),
  );
  run('npm', args, cwd, { ...env, npm_config_cache: join(dir, 'cache'), npm_config_update_notifier: 'false' });
}

function run(command: string, args: string[], cwd: string, env: NodeJS.ProcessEnv = process.env): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? ''}${stdout}${stderr}`);
  return stdout;
}

/** As an app server writes it. */
const USE = `
const lumaSync = createLumaSyncClient({
  baseUrl: 'https://sync.example.org',
  apiKey: 'lsk_test',
  fetch: async () => Response.json({ status: 404, code: 'event.unknown', title: 'no such event' }, { status: 404 }),
});
lumaSync.events.get('e1').catch((error) => console.log(error instanceof ApiError, error.code));
`;

describe('the package of the client', () => {
  it('holds what was built of its sources, its licence and its documents, and needs nothing', () => {
    const sources = readdirSync(join(root, 'packages', 'client', 'src')).filter((name) => !name.endsWith('.test.ts'));
    const built = readdirSync(join(installed, 'dist'));
    expect(readdirSync(join(installed, 'src')).toSorted()).toEqual(sources.toSorted());
    expect(built.filter((name) => name.endsWith('.js'))).toEqual(sources.map((name) => name.replace(/ts$/, 'js')));
    expect(built.filter((name) => name.endsWith('.d.ts'))).toEqual(sources.map((name) => name.replace(/ts$/, 'd.ts')));
    expect(readdirSync(installed)).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'dist', 'package.json', 'src']);
    expect(readdirSync(join(app, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual(['@luma-sync']);
    const {
      version,
      dependencies,
      private: isPrivate,
    } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
    expect({ dependencies, isPrivate }).toEqual({});
    expect(readFileSync(join(installed, 'CHANGELOG.md'), 'utf8')).toContain(`## ${version}\n`);
  });

  it.each([
    ['import', 'use.mjs', `import { ApiError, createLumaSyncClient } from '@luma-sync/client';`],
    ['require', 'use.cjs', `const { ApiError, createLumaSyncClient } = require('@luma-sync/client');`],
  ])('runs under Node by %s', (_, file, line) => {
    writeFileSync(join(app, file), line + USE);
    expect(run(process.execPath, [file], app)).toBe('true event.unknown\n');
  });

  it.each([
    ['node16', { module: 'node16', moduleResolution: 'node16' }],
    ['nodenext, with the types of Node alone', { module: 'nodenext', lib: ['ES2023'], types: ['node'] }],
    ['bundler', { module: 'esnext', moduleResolution: 'bundler' }],
  ])('has types that an app can compile with: %s', (_, options) => {
    writeFileSync(
      join(app, 'use.ts'),
      `
import { createLumaSyncClient, type Event, RateLimitedError, type Routes, type RsvpInput } from '@luma-sync/client';
const lumaSync = createLumaSyncClient({ baseUrl: 'https://sync.example.org', apiKey: 'lsk_test' });
const answer: RsvpInput = { name: 'Asha', status: 'going' };
export const places = async (key: string): Promise<number | null> => {
  const event: Event = await lumaSync.events.get(key);
  await lumaSync.rsvps.put(key, 'user-3', answer);
  for await (const rsvp of lumaSync.rsvps.all(key)) if (rsvp.email === null) return null;
  return event.capacity;
};
export const waitMs = (error: unknown): number => (error instanceof RateLimitedError ? error.retryAfterMs : 0);
export type Mailed = Routes['POST /v1/events/{externalId}/approve']['answer']['mail'];
// @ts-expect-error: not a status
lumaSync.rsvps.decide('e1', 'user-3', 'perhaps');
`,
    );
    const typeRoots = [join(root, 'node_modules', '@types')];
    const compilerOptions = { strict: true, noEmit: true, skipLibCheck: false, types: [], typeRoots, ...options };
    writeFileSync(join(app, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['use.ts'] }));
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    expect(run(process.execPath, [tsc, '-p', app, '--pretty', 'false'], app)).toBe('');
  });
});
