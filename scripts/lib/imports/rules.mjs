/*
 * Which way imports may point. docs/architecture.md explains why; here it is for a machine.
 */

const core = ['domain', 'luma-contract', 'jobs'];
const adapters = ['luma-client', 'rate-limiter', 'store', 'mail', 'queue', 'safe-fetch'];
const base = [...core, 'timeline', ...adapters, 'luma-facts'];
const packages = [...base, 'application', 'sync', 'runtime', 'client', 'luma-access'];
const workerApps = ['event-worker', 'guest-worker', 'drift-worker', 'mail-worker'];

/** Our own packages that each package or app may import: `values` in full, `types` by `import type` only. */
export const ours = {
  domain: { values: [] },
  'luma-contract': { values: [] },
  // What Luma's own document says; knows nothing of ours, so that it can judge all of it.
  'luma-facts': { values: [] },
  jobs: { values: ['domain'] },
  // Adapters do not know each other: an app puts them together. What one needs of another it declares as an interface.
  ...Object.fromEntries(adapters.map((name) => [name, { values: core }])),
  // Keeps facts; the messages that they are read as are made at the edge.
  store: { values: core, types: ['timeline'] },
  timeline: { values: ['domain', 'jobs'] },
  // Commands of `/v1` and the command line decide here; store reads and writes their rows. Handlers need none of it.
  application: { values: [...core, 'store'], types: ['timeline'] },
  // Decides and acts through interfaces; which adapter stands behind them is the app's business.
  sync: { values: core, types: ['timeline', ...adapters] },
  runtime: { values: [] },
  client: { values: [] },
  // Puts adapters together for each process that asks Luma: accounts, the shared budget, refusals of a key.
  'luma-access': { values: [...core, ...adapters], types: ['sync'] },
  // Puts adapters together for what the worker apps have in common. No other app runs operations.
  worker: { values: [...core, ...adapters, 'sync', 'runtime', 'luma-access'] },
  ...Object.fromEntries(workerApps.map((name) => [name, { values: [...packages, 'worker'] }])),
  // Works on files of SQL and knows no table. It brings 5 MB of WebAssembly along: not for a process that only works.
  migrator: { values: [] },
  cli: { values: [...packages, 'migrator'] },
  testkit: { values: ['migrator'] },
  // Measures from outside: the limiter beside others, relay with a worker app of its own; nothing imports it.
  bench: { values: ['application', 'rate-limiter', 'jobs', 'queue', 'store', 'worker', 'luma-contract', 'testkit'] },
  // Starts its processes as tests do.
  demo: { values: [...packages, 'testkit'] },
  // Plays an app, breaks processes and looks on from outside: what it judges it does not import.
  chaos: { values: ['client', 'testkit'] },
  // Plays both sides in virtual time: the real rules, handlers and client over tables in memory; nothing imports it.
  simulation: { values: [...core, 'luma-client', 'sync', 'luma-sim'], types: ['store'] },
  // Shares the contract alone, so that it can disagree with the client; the document's facts judge both.
  'luma-sim': { values: ['luma-contract', 'luma-facts'] },
  standalone: {
    values: [...packages, 'worker', ...workerApps, 'ingress', 'relay', 'luma-sim'],
  },
};

/** Any other app wires packages, and knows no app. */
export const anyApp = { values: packages };

/** Tests may use the testkit, the simulator and every package: they put things together as an app does. */
export const inTests = [...packages, 'testkit', 'luma-sim'];

/** Installed packages that belong to one place. `tests`: tests anywhere may import it as well, to look from outside. */
export const installed = [
  { name: /^@prisma\//, only: ['store', 'migrator'] },
  { name: /^pg$/, only: ['store', 'migrator', 'testkit', 'chaos'], tests: true },
  { name: /^bullmq$/, only: ['queue', 'bench'] },
  { name: /^ioredis$/, only: ['queue', 'rate-limiter', 'testkit', 'bench'], tests: true },
  // Other limiters, to compare ours with.
  { name: /^(bottleneck|rate-limiter-flexible)$/, only: ['bench'] },
  // Luma is reached through its client alone; safe-fetch reaches public addresses that users gave, never with a key.
  { name: /^got$/, only: ['luma-client', 'safe-fetch'] },
  { name: /^(resend|nodemailer|react-email|@react-email\/.*)$/, only: ['mail'], tests: true },
  { name: /^@bull-board\//, only: ['ingress'] },
];

/** Parts of a package that it exports beside its main entry, and who may import them. */
export const subpaths = {
  // Single modules for the command line, of which each call loads as little as it can.
  'runtime/log/scrub': ['cli'],
  'luma-access/budgets': ['cli'],
  'luma-access/key-client': ['cli'],
  'runtime/config': ['cli'],
  'queue/inspect': ['cli'],
  'sync/webhook-watch': ['cli'],
  // What Luma really answered, for the tests of all that reads it.
  'testkit/luma-fixtures': ['luma-contract', 'luma-client', 'luma-sim', 'sync'],
  // Makes values for tests; judging a request needs no generator.
  'luma-facts/arbitrary': ['luma-contract', 'luma-client'],
};

/** No input or output, no clock, no environment: what a decision needs is given to it. */
export const withoutNode = {
  domain: ['node:crypto', 'node:url'],
  'luma-contract': ['node:crypto'],
  jobs: [],
};
