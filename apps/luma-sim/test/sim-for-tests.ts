import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach } from '@jest/globals';
import { type LumaSim, type LumaSimOptions, startLumaSim } from '../src/sim.js';

/** Helpers of this app's own tests: a simulator over real HTTP, a receiver of webhooks, waiting for a condition. */

const open: (() => Promise<void>)[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((close) => close()));
});

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers freely
export type Json = any;
export interface Answer {
  status: number;
  body: Json;
  headers: Headers;
}

export interface TestSim extends LumaSim {
  get(path: string, query?: Record<string, string | string[]>): Promise<Answer>;
  post(path: string, body: unknown): Promise<Answer>;
}

/** Guests are added at once unless a test says otherwise. */
export async function openSim(options: LumaSimOptions = {}, key = 'secret-default'): Promise<TestSim> {
  const settings = { guests: { addDelayMinMs: 0, addDelayMaxMs: 0 }, ...(options.settings as object | undefined) };
  const sim = await startLumaSim({ ...options, settings });
  open.push(() => sim.close());
  return withCalls(sim, key);
}

/** The same simulator, asked with another key. */
export function withCalls(sim: LumaSim, key: string): TestSim {
  const call = async (path: string, init: RequestInit): Promise<Answer> => {
    const response = await fetch(`${sim.url}${path}`, { ...init, headers: { 'x-luma-api-key': key } });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    return { status: response.status, body: isJson ? JSON.parse(text) : text, headers: response.headers };
  };
  return {
    ...sim,
    get: (path, query = {}) => call(`${path}?${toQuery(query)}`, {}),
    post: (path, body) => call(path, { method: 'POST', body: JSON.stringify(body) }),
  };
}

function toQuery(query: Record<string, string | string[]>): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) for (const one of [value].flat()) params.append(name, one);
  return params.toString();
}

export const NEW_EVENT = { name: 'Example', start_at: '2026-03-16T19:30:00.000Z', timezone: 'Europe/Berlin' };

export async function createEvent(sim: TestSim, over: object = {}): Promise<string> {
  const { status, body } = await sim.post('/v1/events/create', { ...NEW_EVENT, ...over });
  if (status !== 200) throw new Error(`create answered ${status}: ${body.message}`);
  return body.id;
}

export interface Received {
  headers: IncomingMessage['headers'];
  rawBody: Buffer;
  body: Json;
}

export interface Receiver {
  url: string;
  received: Received[];
  /** What the next deliveries are answered; the last one stays. `null`: no answer at all. */
  answers: (number | null)[];
}

export async function openReceiver(answers: (number | null)[] = [200]): Promise<Receiver> {
  const receiver: Receiver = { url: '', received: [], answers };
  const server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const rawBody = Buffer.concat(chunks);
      receiver.received.push({ headers: req.headers, rawBody, body: JSON.parse(rawBody.toString('utf8')) });
      const status = receiver.answers.length > 1 ? receiver.answers.shift() : receiver.answers[0];
      if (status === null || status === undefined) return;
      res.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  open.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return receiver;
}

/** Registers a webhook for everything and returns it. */
export async function registerWebhook(sim: TestSim, url: string, eventTypes = ['*']): Promise<Json> {
  return (await sim.post('/v2/webhooks/create', { url, event_types: eventTypes })).body;
}

/** Waits until a condition holds; throws with `what` after two seconds. */
export async function until(what: string, condition: () => boolean): Promise<void> {
  const end = Date.now() + 20_000;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`never happened: ${what}`);
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}
