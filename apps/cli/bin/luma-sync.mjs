#!/usr/bin/env -S node --liftoff-only
// The flag: a call ends before optimised WebAssembly would pay off. Optimising the database client's takes a third of
// its processor time.
import { existsSync } from 'node:fs';
import module from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

// `npx luma-sync` in the repository: this file is there before anything is compiled, so that installing can link it.
const root = fileURLToPath(new URL('../../..', import.meta.url));
const dataDir = process.env.LUMA_SYNC_DATA_DIR || join(root, '.data');
const main = new URL('../dist/main.js', import.meta.url);

// What a running `npm start` uses comes first: an empty line in .env would stand in its way. Variables that are set
// stay as they are.
for (const file of [join(dataDir, 'running.env'), join(root, '.env')]) {
  if (existsSync(file)) process.loadEnvFile(file);
}
// Compiled once, not at each call: Node 22 and newer keep what they compiled.
module.enableCompileCache?.(join(dataDir, 'compile-cache'));
if (existsSync(main)) await import(main.href);
else {
  process.stderr.write('luma-sync is not compiled yet: npm run build\n');
  process.exitCode = 1;
}
