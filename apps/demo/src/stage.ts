import { randomBytes } from 'node:crypto';
import { createLumaSyncClient, type LumaSyncClient } from '@luma-sync/client';
import { openDatabase } from '@luma-sync/store';
import { findFreePort } from '@luma-sync/testkit';
import type { Watched } from './calm.js';
import { API_KEY, BUDGET, MAILS_PER_SECOND, REDIS_PREFIX } from './config.js';
import { Luma } from './luma.js';
import { Processes, readyLine } from './processes.js';
import type { Screen } from './screen.js';

export interface Stage extends Watched {
  /** Of luma-sync's API. */
  url: string;
  calendarId: string;
  operatorPassword: string;
  /** Kills a worker the hard way and starts it anew, as a supervisor would. */
  crash(name: string): Promise<number>;
}

const WORKERS = ['event-worker', 'guest-worker', 'drift-worker', 'mail-worker'] as const;

/**
 * Starts the simulator, ingress, relay and the four workers, each as a process of its own, and connects a calendar.
 *
 * @throws when the database holds anything: the workers of a demo must never meet real calendars.
 */
export async function buildStage(
  env: { DATABASE_URL: string; REDIS_URL: string; DEMO_LOG_DIR: string },
  screen: Screen,
): Promise<Stage> {
  await assertEmpty(env.DATABASE_URL);
  const bootstrapKey = `ls_demo_${randomBytes(24).toString('base64url')}`;
  const operatorPassword = randomBytes(9).toString('base64url');
  const processes = new Processes(env.DEMO_LOG_DIR, toCommonSettings(env));
  try {
    const sim = await startSimulator(processes);
    screen.step(`Simulator of Luma ${sim.url}, mailbox ${sim.mailboxUrl}`);
    const services = { LUMA_API_BASE_URL: sim.url, RESEND_BASE_URL: sim.mailboxUrl };
    const ingress = await startIngress(processes, {
      ...services,
      BOOTSTRAP_API_KEY: bootstrapKey,
      OPERATOR_PASSWORD: operatorPassword,
    });
    screen.step(`Ingress ${ingress.url} (process ${ingress.pid})`);
    const relay = await processes.start('relay', services, readyLine);
    const started = [`relay ${relay.pid}`];
    for (const name of WORKERS) started.push(`${name} ${(await processes.start(name, services, readyLine)).pid}`);
    screen.step(`Processes: ${started.join(', ')}`);

    const luma = new Luma(sim.url, sim.mailboxUrl);
    const app = createLumaSyncClient({ baseUrl: ingress.url, apiKey: bootstrapKey });
    const calendarId = await connectCalendar(app, screen);
    return {
      app,
      url: ingress.url,
      luma,
      processes,
      screen,
      calendarId,
      operatorPassword,
      crash: async (name) => {
        await processes.kill(name);
        return (await processes.start(name, services, readyLine)).pid;
      },
    };
  } catch (error) {
    await processes.stopAll();
    throw error;
  }
}

/** What every process of the demo is started with. */
function toCommonSettings(env: { DATABASE_URL: string; REDIS_URL: string }): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    NODE_ENV: 'production',
    DATABASE_URL: env.DATABASE_URL,
    REDIS_URL: env.REDIS_URL,
    REDIS_KEY_PREFIX: REDIS_PREFIX,
    LOG_LEVEL: 'info',
    ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    LUMA_RATE_LIMIT_PER_MINUTE: String(BUDGET.limit),
    LUMA_RATE_LIMIT_HEADROOM: String(BUDGET.headroom),
    RESEND_API_KEY: 're_demo',
    MAIL_FROM: 'Events <events@example.org>',
    MAIL_RATE_PER_SECOND: String(MAILS_PER_SECOND),
    PORT: '0',
  };
}

async function connectCalendar(app: LumaSyncClient, screen: Screen): Promise<string> {
  const { id } = await app.calendars.create({ name: 'Demo calendar', kind: 'luma', apiKey: API_KEY, isDefault: true });
  await app.calendars.registerWebhook(id);
  screen.step('Calendar connected, webhook registered and signed');
  return id;
}

async function assertEmpty(url: string): Promise<void> {
  const db = openDatabase({ url, poolMax: 1 });
  try {
    if ((await db.calendar.count()) > 0 || (await db.event.count()) > 0) {
      throw new Error(
        'the database is not empty. The demo needs one of its own: unset DATABASE_URL, or name an empty database',
      );
    }
  } finally {
    await db.$disconnect();
  }
}

function startSimulator(processes: Processes): Promise<{ url: string; mailboxUrl: string; pid: number }> {
  const settings = {
    // Deliveries come late, twice and out of order, as they do; retries are shortened so that a demo can show them.
    webhooks: {
      retryDelaysMs: [1_000, 2_000, 4_000],
      duplicateProbability: 0.2,
      duplicateCopies: 2,
      delayMinMs: 0,
      delayMaxMs: 400,
    },
    budget: { rules: [{ methods: 'all', limit: BUDGET.limit, windowMs: BUDGET.windowMs }], lockoutMs: 60_000 },
    // Refuses what goes around the budget: each request carries a slot of its own.
    requests: { requiredHeader: 'x-request-id', isHeaderUsedOnce: true },
  };
  return processes.start('luma-sim', { SIM_API_KEY: API_KEY, SIM_SETTINGS: JSON.stringify(settings) }, (line) => {
    const entry = parse(line);
    return entry?.ready === true ? { url: String(entry.url), mailboxUrl: String(entry.mailboxUrl) } : null;
  });
}

async function startIngress(processes: Processes, env: Record<string, string>): Promise<{ url: string; pid: number }> {
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  const { pid } = await processes.start('ingress', { ...env, PORT: String(port), PUBLIC_URL: url }, readyLine);
  return { url, pid };
}

function parse(line: string): Record<string, unknown> | null {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return null;
  }
}
