import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';

const roots = ['packages', 'apps', 'tests', 'scripts', 'simulation', 'chaos', 'bench'].filter((dir) =>
  existsSync(new URL(dir, import.meta.url)),
);

const compile = ({ tsx }) => ({
  swcrc: false,
  sourceMaps: 'inline',
  jsc: {
    target: 'es2022',
    parser: { syntax: 'typescript', tsx },
    transform: { react: { runtime: 'automatic' } },
  },
  module: { type: 'es6' },
});

const shared = {
  rootDir: import.meta.dirname,
  roots: roots.map((dir) => `<rootDir>/${dir}`),
  testEnvironment: '<rootDir>/scripts/jest/environment.mjs',
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  // js before ts: the first mapping below also touches installed packages, which may ship sources beside their output.
  moduleFileExtensions: ['js', 'mjs', 'cjs', 'ts', 'tsx', 'json', 'node', 'wasm'],
  moduleNameMapper: {
    // Relative imports name the output (`./plan.js`); tests run on the source. `data.json.js` of a package is itself.
    '^(\\.{1,2}/.*)(?<!\\.json)\\.js$': '$1',
    // Workspace packages from their source as well, so that no test needs a build.
    '^@luma-sync/([^/]+)$': ['<rootDir>/packages/$1/src/index.ts', '<rootDir>/apps/$1/src/index.ts'],
    '^@luma-sync/([^/]+)/(.+)$': ['<rootDir>/packages/$1/src/$2/index.ts', '<rootDir>/packages/$1/src/$2.ts'],
  },
  modulePathIgnorePatterns: ['/dist/', '<rootDir>/.data/'],
  transform: {
    '^.+\\.ts$': ['@swc/jest', compile({ tsx: false })],
    '^.+\\.tsx$': ['@swc/jest', compile({ tsx: true })],
  },
};

const project = (displayName, testMatch, testTimeoutMs, ignored = []) => ({
  ...shared,
  displayName,
  testMatch,
  testPathIgnorePatterns: ['/node_modules/', '/dist/', ...ignored],
  globals: { testTimeoutMs },
  setupFilesAfterEnv: ['<rootDir>/scripts/jest/set-timeout.mjs'],
});

const inPackages = (suffix) => roots.filter((dir) => dir !== 'tests').map((dir) => `<rootDir>/${dir}/**/*.${suffix}`);

export default {
  // At least two, so that a slow wait in one file does not hold up the others even on a small machine.
  maxWorkers: Math.max(2, availableParallelism() - 1),
  // With a limit jest runs every file in a worker, also a few that were quick last time: what one of them leaves open must not keep the run from ending.
  workerIdleMemoryLimit: '2GB',
  // The limits only end what hangs: a machine that does three other things at once must not fail a test.
  projects: [
    project('unit', inPackages('test.{ts,tsx,mjs}'), 60_000, ['\\.(integration|fault)\\.test\\.']),
    project('integration', inPackages('integration.test.ts'), 120_000),
    project('fault', inPackages('fault.test.ts'), 180_000),
    project('e2e', ['<rootDir>/tests/**/*.test.ts'], 480_000),
  ],
};
