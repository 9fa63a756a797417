import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Metrics } from '../metrics/metrics.js';
import { isTokenGiven } from './metrics-token.js';
import type { ReadinessCheck } from './readiness.js';
import { shareReadiness } from './shared-readiness.js';

export type HealthServerOptions = {
  /** 0 takes a free one. */
  port: number;
  /** Default: loopback, so the machine itself alone. */
  host?: string | undefined;
  /** Opens `/metrics`. Without one it is open to all that reach `host`. */
  metricsToken?: string | undefined;
  checks: Record<string, ReadinessCheck>;
  metrics: Pick<Metrics, 'render'>;
};

export type HealthServer = { port: number; close(): Promise<void> };

type Answer = { status: number; contentType: string; body: string };

/**
 * What a process without an HTTP interface of its own shows of itself: `/healthz` (it runs), `/readyz` (it has what it
 * needs: 200 or 503 with each check's result) and `/metrics`.
 */
export async function startHealthServer({
  port,
  host = '127.0.0.1',
  checks,
  metrics,
  metricsToken,
}: HealthServerOptions): Promise<HealthServer> {
  const readReadiness = shareReadiness(checks);
  const routes: Record<string, (request: IncomingMessage) => Promise<Answer>> = {
    '/healthz': async () => json(200, { status: 'ok' }),
    '/readyz': async () => {
      const readiness = await readReadiness();
      return json(readiness.status === 'unavailable' ? 503 : 200, readiness);
    },
    '/metrics': async ({ headers: { authorization } }) =>
      metricsToken === undefined || isTokenGiven(authorization, metricsToken)
        ? { status: 200, ...(await metrics.render()) }
        : json(401, { status: 'send METRICS_TOKEN as "Authorization: Bearer <token>"' }),
  };
  const server = createServer((request, response) => void answer(routes, request, response));
  // Slow or idle visitors must not hold a place for long.
  server.requestTimeout = 10_000;
  server.headersTimeout = 5_000;
  server.keepAliveTimeout = 5_000;
  // Those above begin with a request; this one closes a socket that sends nothing at all.
  server.setTimeout(15_000);
  return { port: await listen(server, port, host), close: () => close(server) };
}

async function answer(
  routes: Record<string, (request: IncomingMessage) => Promise<Answer>>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = (request.url ?? '/').split('?')[0] ?? '/';
  const route = request.method === 'GET' || request.method === 'HEAD' ? routes[path] : undefined;
  const { status, contentType, body } = await (route ?? (async () => json(404, { status: 'not found' })))(
    request,
  ).catch(() => json(500, { status: 'error' }));
  response.writeHead(status, { 'content-type': contentType, 'cache-control': 'no-store' });
  response.end(request.method === 'HEAD' ? undefined : body);
}

const json = (status: number, body: object): Answer => ({
  status,
  contentType: 'application/json',
  body: JSON.stringify(body),
});

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
