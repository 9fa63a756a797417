import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runTool } from './children.mjs';
import { withLock } from './lock.mjs';
import { inRoot } from './paths.mjs';
import { installDependencies } from './pnpm.mjs';
import { step } from './steps.mjs';

const generatedDir = inRoot('packages', 'store', 'src', 'generated');

/** Dependencies, the generated database client and, unless told otherwise, the compiled packages and apps. */
export async function prepare(run, { isCompiled = true } = {}) {
  await withLock('prepare', {}, async () => {
    await installDependencies(run);
    await generateClient(run);
    if (isCompiled) await step('Compile', () => compile(run));
  });
}

async function generateClient(run) {
  const schema = readFileSync(inRoot('prisma', 'schema.prisma'));
  const { version } = JSON.parse(readFileSync(inRoot('node_modules', 'prisma', 'package.json'), 'utf8'));
  const wanted = createHash('sha256').update(version).update(schema).digest('hex');
  const stamp = join(generatedDir, '.made-from');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  await step('Database client', async () => {
    await runTool(run, {
      name: 'generate',
      command: process.execPath,
      args: [
        inRoot('node_modules', 'prisma', 'build', 'index.js'),
        'generate',
        '--no-hints',
        '--schema',
        inRoot('prisma', 'schema.prisma'),
      ],
      env: {
        // Generating needs no engine, but the command line downloads one unless a file that can be run is named.
        PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
        PRISMA_HIDE_UPDATE_MESSAGE: '1',
        CHECKPOINT_DISABLE: '1',
      },
      failure: 'generating the database client from prisma/schema.prisma failed',
    });
    writeFileSync(stamp, wanted);
  });
}

function compile(run) {
  return runTool(run, {
    name: 'compile',
    ...nodeTool('typescript/bin/tsc', ['-b']),
    failure: 'the code does not compile',
    show: true,
  });
}

/** A tool among the root's dependencies, run by this very Node. */
export const nodeTool = (path, args) => ({
  command: process.execPath,
  args: [inRoot('node_modules', ...path.split('/')), ...args],
});
