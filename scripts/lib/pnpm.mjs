import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runTool } from './children.mjs';
import { inRoot } from './paths.mjs';
import { step } from './steps.mjs';

const stampFile = inRoot('node_modules', '.luma-sync-installed');

/** Installs what the lockfile says, unless that is what is there already. */
export async function installDependencies(run) {
  const wanted = hashManifests();
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === wanted) return;
  await step(
    'Dependencies',
    async () => {
      const pnpm = findPnpm();
      await runTool(run, {
        name: 'install',
        command: pnpm.command,
        args: [...pnpm.args, 'install', '--frozen-lockfile', '--prefer-offline', '--reporter=append-only'],
        // CI: pnpm asks nobody whether it may replace a folder.
        env: { CI: 'true', COREPACK_ENABLE_DOWNLOAD_PROMPT: '0' },
        failure: 'installing the dependencies failed; is the package registry reachable?',
      });
      writeFileSync(stampFile, wanted);
      return pnpm.remark;
    },
    { log: run.logFile('install') },
  );
}

/** pnpm from the PATH if it has the right major version, otherwise fetched by npx, which comes with Node. */
function findPnpm() {
  const { packageManager } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'));
  const version = packageManager.split('@')[1];
  const major = version.split('.')[0];
  // Asked from elsewhere: in here pnpm might exchange itself for the version that package.json names.
  const answer = spawnSync('pnpm', ['--version'], {
    cwd: '/',
    encoding: 'utf8',
    timeout: 20_000,
    env: { ...process.env, COREPACK_ENABLE_DOWNLOAD_PROMPT: '0' },
  });
  const found = answer.status === 0 ? answer.stdout.trim() : '';
  if (found.split('.')[0] === major) return { command: 'pnpm', args: [], remark: `pnpm ${found}` };
  return { command: 'npx', args: ['--yes', `pnpm@${version}`], remark: `pnpm ${version} by npx` };
}

function hashManifests() {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch} ${process.versions.modules}\n`);
  const workspaces = ['packages', 'apps'].flatMap((kind) =>
    readdirSync(inRoot(kind)).map((name) => join(kind, name, 'package.json')),
  );
  workspaces.push(join('bench', 'package.json'), join('chaos', 'package.json'));
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json', ...workspaces.sort()]) {
    if (existsSync(inRoot(file))) hash.update(file).update(readFileSync(inRoot(file)));
  }
  return hash.digest('hex');
}
