import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { testKinds } from './scripts/lib/test-kinds.mjs';

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

const project = (kind, testMatch, ignored = []) => ({
  ...shared,
  displayName: kind,
  testMatch,
  testPathIgnorePatterns: ['/node_modules/', '/dist/', ...ignored],
  globals: { testTimeoutMs: testKinds[kind].limitMs },
  setupFilesAfterEnv: ['<rootDir>/scripts/jest/set-timeout.mjs'],
});

const inPackages = (kind) =>
  roots.filter((dir) => dir !== 'tests').map((dir) => `<rootDir>/${dir}/**/*.${testKinds[kind].suffix}`);

export default {
  // At least two, so that a slow wait in one file does not hold up the others even on a small machine.
  maxWorkers: Math.max(2, availableParallelism() - 1),
  // With a limit jest runs every file in a worker, also a few that were quick last time: what one of them leaves open
  // must not keep the run from ending.
  workerIdleMemoryLimit: '2GB',
  projects: [
    project('unit', inPackages('unit'), ['\\.(property|integration|fault)\\.test\\.']),
    project('property', inPackages('property')),
    project('integration', inPackages('integration')),
    project('fault', inPackages('fault')),
    project('e2e', [`<rootDir>/tests/**/*.${testKinds.e2e.suffix}`]),
  ],
};
