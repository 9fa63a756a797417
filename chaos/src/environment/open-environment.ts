import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { createLumaSyncClient, type LumaSyncClient } from '@luma-sync/client';
import {
  findFreePort,
  openTestDatabase,
  type RedisServer,
  spawnNode,
  startRedisServer,
  type TestDatabase,
  type TestProcess,
} from '@luma-sync/testkit';
import { INSTANCES, ROLES, type Role } from '../plan/faults.js';
import type { Poison } from '../plan/poison.js';
import { type Balancer, openBalancer } from './balancer.js';
import { Luma } from './luma.js';
import { endAll } from './orphans.js';
import { PreloadFiles } from './preload-files.js';
import { Sql } from './sql.js';
import { type ProcessSpec, Supervisor } from './supervisor.js';

const SIMULATOR = fileURLToPath(new URL('../../../apps/luma-sim/dist/main.js', import.meta.url));
const LUMA_KEY = 'secret-chaos';

/**
 * 30 requests a second in windows of 10 s: Luma's minute, six times as fast and nine times as wide, so that a seed
 * takes minutes. A lost answer keeps its slot for 30 s + 1 s + a window, at any scale; the headroom is what is left to
 * spend for that long when Redis lost its memory.
 */
export const BUDGET = { limit: 300, windowMs: 10_000, headroom: 75 };
/** A mail is worth more than a second only where many are due. */
const MAILS_PER_SECOND = 60;
/** Longer than most freezes: a caller that gives up sooner only adds to what a slow server has to do. */
const CALL_TIMEOUT_MS = 15_000;

/** Everything of one seed: its own database and Redis, the simulator, and every process of ours as it is deployed. */
export interface Environment {
  database: TestDatabase;
  redis: RedisServer;
  sql: Sql;
  luma: Luma;
  app: LumaSyncClient;
  supervisor: Supervisor;
  preload: PreloadFiles;
  calendarId: string;
  namesOf(role: Role): readonly string[];
  close(options: { isDatabaseKept: boolean }): Promise<void>;
}

export interface EnvironmentOptions {
  seed: number;
  logDir: string;
  /** Webhooks that Luma sends at once. */
  concurrency: number;
  /** Whether Luma may mail a guest whom we add or decide on. */
  mayMailOnRsvp: boolean;
  poison: Poison | null;
}

export async function openEnvironment(options: EnvironmentOptions): Promise<Environment> {
  const closers: (() => Promise<unknown> | unknown)[] = [];
  const closeAll = async (): Promise<void> => {
    // Last opened, first closed: the later ones use the earlier ones.
    for (const close of closers.reverse()) await Promise.resolve(close()).catch(() => {});
  };
  try {
    return await build(options, closers, closeAll);
  } catch (error) {
    await closeAll();
    throw error;
  }
}

async function build(
  { seed, logDir, concurrency, mayMailOnRsvp, poison }: EnvironmentOptions,
  closers: (() => Promise<unknown> | unknown)[],
  closeAll: () => Promise<void>,
): Promise<Environment> {
  const database = await openTestDatabase();
  const redis = await startRedisServer({ isDurable: true });
  closers.push(() => redis.close());
  const simulator = await startSimulator(seed, concurrency);
  closers.push(() => simulator.process.stop());
  const ports = await findPorts();
  const portOf = (name: string): number => ports.get(name) ?? 0;
  const balancer: Balancer = await openBalancer(namesOf('ingress').map(portOf));
  closers.push(() => balancer.close());

  const apiKey = `ls_chaos_${randomBytes(24).toString('hex')}`;
  const env = {
    ...FIXED_SETTINGS,
    DATABASE_URL: database.url,
    REDIS_URL: redis.url,
    ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    LUMA_API_BASE_URL: simulator.url,
    RESEND_BASE_URL: simulator.mailboxUrl,
    PUBLIC_URL: balancer.url,
    BOOTSTRAP_API_KEY: apiKey,
    OPERATOR_PASSWORD: randomBytes(12).toString('hex'),
  };
  const preload = new PreloadFiles(logDir);
  const specs = toSpecs(env, portOf, () => preload.toEnv(poison));
  const supervisor = new Supervisor(logDir);
  closers.push(() => endAll(preload.processes()));
  closers.push(() => supervisor.stopAll());
  const sql = new Sql(database.url);
  closers.push(() => sql.close());
  await supervisor.start(specs);

  const app = createLumaSyncClient({ baseUrl: balancer.url, apiKey, timeoutMs: CALL_TIMEOUT_MS });
  const calendarId = await connectCalendar(app, sql, mayMailOnRsvp);
  // Luma is asked for it meanwhile, so the client's own, longer time limit holds.
  await createLumaSyncClient({ baseUrl: balancer.url, apiKey }).calendars.registerWebhook(calendarId);
  return {
    database,
    redis,
    sql,
    luma: new Luma(simulator.url, simulator.mailboxUrl),
    app,
    supervisor,
    preload,
    calendarId,
    namesOf,
    close: async ({ isDatabaseKept }) => {
      await closeAll();
      if (!isDatabaseKept) await database.close();
    },
  };
}

/** @param preloaded What a worker is started with, for what kills it. */
const toSpecs = (
  env: Record<string, string>,
  portOf: (name: string) => number,
  preloaded: () => Record<string, string>,
): ProcessSpec[] =>
  ROLES.flatMap((role) =>
    namesOf(role).map((name): ProcessSpec => {
      const port = portOf(name);
      const ofWorker = role.endsWith('-worker') ? preloaded() : {};
      return { name, app: role, port, env: { ...env, ...ofWorker, PORT: String(port) } };
    }),
  );

const FIXED_SETTINGS = {
  REDIS_KEY_PREFIX: '{chaos}',
  LOG_LEVEL: 'info',
  LUMA_RATE_LIMIT_PER_MINUTE: String(BUDGET.limit),
  LUMA_RATE_LIMIT_HEADROOM: String(BUDGET.headroom),
  RESEND_API_KEY: 're_chaos',
  MAIL_FROM: 'Events <events@example.org>',
  MAIL_RATE_PER_SECOND: String(MAILS_PER_SECOND),
  CALLER_LIMIT_PER_MINUTE: '1000000',
};

const namesOf = (role: Role): string[] => Array.from({ length: INSTANCES[role] }, (_, index) => `${role}-${index + 1}`);

/** @returns a free port for each process, by its name. */
async function findPorts(): Promise<Map<string, number>> {
  const ports = new Map<string, number>();
  const taken = new Set<number>();
  for (const name of ROLES.flatMap(namesOf)) {
    let port = await findFreePort();
    // Nobody listens there yet, so the same one may be found again.
    while (taken.has(port)) port = await findFreePort();
    taken.add(port);
    ports.set(name, port);
  }
  return ports;
}

async function connectCalendar(app: LumaSyncClient, sql: Sql, mayMailOnRsvp: boolean): Promise<string> {
  const { id } = await app.calendars.create({ name: 'Chaos', kind: 'luma', apiKey: LUMA_KEY, isDefault: true });
  await app.calendars.change(id, { mailCoupons: true, mailOnRsvp: mayMailOnRsvp });
  // Whom the mail guard holds back is shown elsewhere: here every mail that is due has to go out.
  await sql.rows(
    'update calendars set budget_limit = $2, budget_window_ms = $3, mail_confirm_above = 1000000 where id = $1',
    [id, BUDGET.limit, BUDGET.windowMs],
  );
  return id;
}

/** A process of its own, which no fault of ours touches: what it counted is the truth. */
async function startSimulator(
  seed: number,
  concurrency: number,
): Promise<{ process: TestProcess; url: string; mailboxUrl: string }> {
  const settings = {
    budget: { rules: [{ methods: 'all', limit: BUDGET.limit, windowMs: BUDGET.windowMs }], lockoutMs: BUDGET.windowMs },
    // Nothing goes out beside the budget, and no slot twice: such a request is refused, and its operation fails.
    requests: { requiredHeader: 'x-request-id', isHeaderUsedOnce: true },
    guests: {
      addDelayMinMs: 50,
      addDelayMaxMs: 600,
      doesRepeatIssueTicket: true,
      emailCase: seed % 2 === 0 ? 'lower' : 'keep',
    },
    webhooks: {
      retryDelaysMs: [1_000, 2_000, 4_000],
      duplicateProbability: 0.1,
      duplicateCopies: 2,
      isIdSharedByCopies: seed % 3 !== 0,
      lossProbability: 0.05,
      delayMinMs: 0,
      delayMaxMs: 2_000,
      concurrency,
    },
  };
  const simulator = spawnNode(SIMULATOR, {
    env: { SIM_API_KEY: LUMA_KEY, SIM_SEED: String(seed), SIM_SETTINGS: JSON.stringify(settings) },
  });
  const line = await simulator.waitForOutput('"ready":true', 30_000);
  const { url, mailboxUrl } = JSON.parse(line) as { url: string; mailboxUrl: string };
  return { process: simulator, url, mailboxUrl };
}
