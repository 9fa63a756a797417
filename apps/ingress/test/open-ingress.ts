import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { signWebhook } from '@luma-sync/luma-contract';
import type { OperationQueue } from '@luma-sync/queue';
import { createMetrics } from '@luma-sync/runtime';
import {
  createApiKey,
  createCalendar,
  type Database,
  inTransaction,
  type NewApiKey,
  openDatabase,
  openKeyring,
  pingPostgres,
  type ScopeName,
} from '@luma-sync/store';
import { atEnd, openTestDatabase } from '@luma-sync/testkit';
import { type AppDeps, type AppSettings, buildApp } from '../src/build-app.js';

export const OPERATOR_PASSWORD = 'correct horse battery';
export const WEBHOOK_SECRET = 'whsec_of_the_test';

export interface TestIngress {
  url: string;
  db: Database;
  /** Lines it logged. */
  lines: string[];
  calendarId: string;
  /** A request with an admin's key; JSON unless `body` is text. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<TestAnswer>;
  keyWith(scopes: ScopeName[], more?: Partial<NewApiKey>): Promise<string>;
  sendWebhook(body: string | Buffer, over?: WebhookOverrides): Promise<TestAnswer>;
}

export interface WebhookOverrides {
  calendarId?: string;
  secret?: string;
  at?: Date;
  webhookId?: string;
  headers?: Record<string, string>;
}

export interface TestAnswer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  body: any;
}

/** The whole of ingress on a database of its own, over real HTTP. Everything is closed at the end of the file. */
export async function openIngress(
  over: { settings?: Partial<AppSettings>; deps?: Partial<AppDeps>; through?: (url: string) => string } = {},
): Promise<TestIngress> {
  const { url: databaseUrl } = await openTestDatabase();
  const setup = openDatabase({ url: databaseUrl });
  atEnd(() => setup.$disconnect());
  // What ingress itself uses may go through a proxy that the test breaks.
  const db =
    over.through === undefined
      ? setup
      : openDatabase({ url: over.through(databaseUrl), poolMax: 5, statementTimeoutMs: 3_000 });
  atEnd(() => db.$disconnect());
  const encryptionKey = randomBytes(32).toString('base64');
  const keyring = openKeyring(encryptionKey);
  const lines: string[] = [];
  const note = (fields: object, message: string) => void lines.push(`${message} ${JSON.stringify(fields)}`);
  const settings: AppSettings = {
    publicUrl: 'http://sync.test',
    encryptionKey,
    operatorPassword: OPERATOR_PASSWORD,
    webhookToleranceSeconds: 600,
    callerLimitPerMinute: 1_000_000,
    trustedProxies: 0,
    defaultTimezone: null,
    ...over.settings,
  };
  const app = buildApp(settings, {
    db,
    keyring,
    log: { debug: note, info: note, warn: note, error: note },
    metrics: createMetrics({ app: 'ingress' }),
    queues: [] as OperationQueue[],
    isRedisReady: () => true,
    health: {
      checks: { postgres: { check: () => pingPostgres(db) }, redis: { check: () => 'PONG', isRequired: false } },
      isStopping: () => false,
    },
    checkKey: async () => null,
    testConnection: async () => ({ status: 'connected', reason: null }),
    registerWebhook: async () => ({ kind: 'refused', code: 'luma.unreachable', reason: 'Luma cannot be reached' }),
    previewCancellation: async () => ({ kind: 'refused', code: 'luma.unreachable', reason: 'Luma cannot be reached' }),
    ...over.deps,
  });
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  atEnd(() => void server.close().closeAllConnections());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const added = await inTransaction(setup, (tx) =>
    createCalendar(tx, keyring, {
      name: 'Test',
      kind: 'luma',
      apiKey: 'luma-key',
      isDefault: true,
      webhookSecret: WEBHOOK_SECRET,
    }),
  );
  if (added.kind !== 'written') throw new Error(added.kind);
  const calendarId = added.calendar.id;
  const keyWith = async (scopes: ScopeName[], more: Partial<NewApiKey> = {}) => {
    const made = await createApiKey(setup, { name: 'app', scopes, ...more });
    if (made.kind !== 'created') throw new Error(made.kind);
    return made.key;
  };
  const adminKey = await keyWith(['admin']);
  return {
    url,
    db: setup,
    lines,
    calendarId,
    keyWith,
    call: (method, path, body, headers = {}) =>
      request(`${url}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${adminKey}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      }),
    sendWebhook: (body, overrides = {}) => {
      const timestampSeconds = Math.floor((overrides.at ?? new Date()).getTime() / 1_000);
      const signature = signWebhook({ secret: overrides.secret ?? WEBHOOK_SECRET, rawBody: body, timestampSeconds });
      return request(`${url}/webhooks/luma/${overrides.calendarId ?? calendarId}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'webhook-signature': signature,
          'webhook-id': overrides.webhookId ?? crypto.randomUUID(),
          ...overrides.headers,
        },
        body: typeof body === 'string' ? body : new Uint8Array(body),
      });
    },
  };
}

export async function request(url: string, init: RequestInit = {}): Promise<TestAnswer> {
  const response = await fetch(url, { redirect: 'manual', ...init });
  const text = await response.text();
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
}

export const eventBody = {
  title: 'Drum circle',
  description: 'Bring a **drum**',
  startsAt: '2027-01-05T18:00:00+05:30',
  endsAt: '2027-01-05T20:00:00+05:30',
  timezone: 'Asia/Kolkata',
  location: { type: 'physical', name: 'Park', address: '1 Park Road', lat: 12.93, lng: 77.63 },
  capacity: 40,
  tags: ['music'],
};
