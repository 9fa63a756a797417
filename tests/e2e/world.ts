import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { afterAll } from '@jest/globals';
import { type LumaSim, startLumaSim } from '@luma-sync/luma-sim';
import {
  expectWithinDocument,
  findFreePort,
  openTestDatabase,
  type RedisServer,
  spawnNode,
  startRedisServer,
  type TestProcess,
  waitFor,
} from '@luma-sync/testkit';

const STANDALONE = fileURLToPath(new URL('../../apps/standalone/dist/main.js', import.meta.url));
const LUMA_KEY = 'secret-journey';

/** Wire shapes, as far as the journeys look at them. */
export interface WireEvent {
  id: string;
  title: string;
  visibility: string;
  revision: number;
  luma: { eventId: string } | null;
  sync: { state: string; lastError: { code: string; message: string } | null };
}
export interface WireRsvp {
  personId: string;
  email: string;
  status: string;
  checkedInAt: string | null;
  luma: { guestId: string } | null;
  sync: { state: string };
}
interface Page<T> {
  data: T[];
}

/** An app, luma-sync as a process, and a played Luma, each reachable only as in real life. */
export interface World {
  luma: LumaSim;
  redis: RedisServer;
  calendarId: string;
  /** Of luma-sync's database, for a look past the API. */
  databaseUrl: string;
  url: string;
  /** Keys and secrets that luma-sync was given. */
  secrets: readonly string[];
  /** What luma-sync's present process has printed. */
  output(): string;
  call<T>(
    method: string,
    path: string,
    body?: object,
    headers?: Record<string, string>,
  ): Promise<{ status: number; body: T }>;
  importCodes(poolId: string, codes: readonly string[]): Promise<object>;
  event(externalId: string): Promise<WireEvent>;
  rsvps(event: string): Promise<WireRsvp[]>;
  /** Waits until no operation is open and no webhook in flight. */
  calm(): Promise<void>;
  /** Ends luma-sync's process with a signal and starts a new one. */
  restart(signal: 'SIGKILL' | 'SIGTERM'): Promise<{ code: number | null; durationMs: number }>;
  /** Ends luma-sync's process and Luma. Without it the process is killed at the end of the file. */
  close(): Promise<void>;
}

/**
 * What may be spent while the limiter does not know what was: enough for a few events. With the usual headroom a test
 * that empties Redis waits a minute and a half for the budget; the limiter's own tests are about that.
 */
export const WIDE_HEADROOM = { LUMA_RATE_LIMIT_HEADROOM: '100' };

/** Services that a test breaks itself, and settings beside the usual ones. */
export interface WorldOptions {
  databaseUrl?: string;
  redis?: RedisServer;
  env?: Record<string, string>;
}

const sims: LumaSim[] = [];

afterAll(() => expectWithinDocument(sims));

export async function openWorld(own: WorldOptions = {}): Promise<World> {
  const databaseUrl = own.databaseUrl ?? (await openTestDatabase()).url;
  const redis = own.redis ?? (await startRedisServer());
  const luma = await startLumaSim({
    calendars: [{ id: 'cal-journey', name: 'Journey', apiKeys: [LUMA_KEY] }],
    settings: {
      // Nothing goes around the budget: each request with a slot of its own.
      requests: { requiredHeader: 'x-request-id', isHeaderUsedOnce: true },
      webhooks: { retryDelaysMs: [300, 600, 1_200], duplicateProbability: 0.3 },
    },
  });
  sims.push(luma);
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  const apiKey = `ls_test_${randomBytes(24).toString('hex')}`;
  const env = {
    DATABASE_URL: databaseUrl,
    REDIS_URL: redis.url,
    ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    PUBLIC_URL: url,
    PORT: String(port),
    LUMA_API_BASE_URL: luma.url,
    RESEND_BASE_URL: luma.mailboxUrl,
    RESEND_API_KEY: 're_test',
    MAIL_FROM: 'events@example.org',
    MAIL_RATE_PER_SECOND: '100',
    BOOTSTRAP_API_KEY: apiKey,
    OPERATOR_PASSWORD: randomBytes(12).toString('hex'),
    LOG_LEVEL: 'info',
    ...own.env,
  };
  const call: World['call'] = async (method, path, body, headers = {}) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${apiKey}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(20_000),
    });
    return { status: response.status, body: (await response.json()) as never };
  };
  let standalone = await start(env);
  const created = await call<{ calendar: { id: string } }>('POST', '/v1/calendars', {
    name: 'Journey',
    kind: 'luma',
    apiKey: LUMA_KEY,
    isDefault: true,
  });
  const calendarId = created.body.calendar.id;
  await call('POST', `/v1/calendars/${calendarId}/webhook`);

  const open = async (state: string) =>
    (await call<Page<unknown>>('GET', `/v1/operations?state=${state}`)).body.data.length;
  return {
    luma,
    redis,
    calendarId,
    databaseUrl,
    url,
    secrets: [LUMA_KEY, apiKey, env.ENCRYPTION_KEY, env.OPERATOR_PASSWORD, env.RESEND_API_KEY],
    output: () => standalone.output(),
    call,
    importCodes: async (poolId, codes) => {
      const response = await fetch(`${url}/v1/coupon-pools/${poolId}/imports`, {
        method: 'POST',
        headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'text/csv' },
        body: `code\n${codes.join('\n')}\n`,
      });
      return (await response.json()) as object;
    },
    event: async (externalId) => (await call<{ event: WireEvent }>('GET', `/v1/events/${externalId}`)).body.event,
    rsvps: async (event) => (await call<Page<WireRsvp>>('GET', `/v1/events/${event}/rsvps?limit=100`)).body.data,
    calm: async () => {
      let quietRounds = 0;
      await waitFor(
        async () => {
          const isQuiet =
            luma.control.counters().webhooks.pending === 0 && (await open('queued')) + (await open('running')) === 0;
          quietRounds = isQuiet ? quietRounds + 1 : 0;
          // Between an answer and its webhook, or an operation and its follow-up, there is a moment of seeming calm.
          return quietRounds >= 15;
        },
        { what: 'both sides to be calm', limitMs: 240_000 },
      );
    },
    restart: async (signal) => {
      const startedAt = performance.now();
      standalone.kill(signal);
      const { code } = await standalone.exited;
      const durationMs = performance.now() - startedAt;
      standalone = await start(env);
      return { code, durationMs };
    },
    close: async () => {
      await standalone.stop();
      await luma.close();
    },
  };
}

async function start(env: Record<string, string>): Promise<TestProcess> {
  const standalone = spawnNode(STANDALONE, { env });
  await standalone.waitForOutput('standalone started', 120_000);
  await waitFor(async () => (await fetch(`${env.PUBLIC_URL}/readyz`)).ok, {
    what: 'luma-sync to be ready',
    limitMs: 120_000,
  });
  return standalone;
}

export function toEvent(title: string, days = 5) {
  const startsAt = new Date(Date.now() + days * 86_400_000);
  return {
    title,
    description: 'Everybody is **welcome**.',
    startsAt: startsAt.toISOString(),
    endsAt: new Date(startsAt.getTime() + 7_200_000).toISOString(),
    timezone: 'Europe/Berlin',
    location: { type: 'physical', name: 'Boathouse', address: 'Lakeside 1, Berlin', lat: 52.53, lng: 13.38 },
  };
}

export function toRsvp(name: string, status = 'going') {
  return { name, email: `${name.toLowerCase()}@example.org`, emailVerified: true, status };
}
