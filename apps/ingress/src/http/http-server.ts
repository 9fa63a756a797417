import { createServer, type RequestListener, type Server } from 'node:http';

/** Slow or silent callers must not hold a place for long. */
export const LIMITS = {
  /** For the whole request; a CSV of 5 MB over a slow line takes some seconds. */
  requestTimeout: 30_000,
  headersTimeout: 10_000,
  /** Longer than the usual 60 s of proxies, so that a proxy never sends into a connection we have just closed. */
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 5_000,
  /**
   * Without a byte in either direction. Node's own limits above begin with a request; this one holds for every socket.
   */
  timeout: 90_000,
};

export interface HttpServer {
  port: number;
  /** Takes no more, lets what runs finish, then cuts what is left. */
  close(): Promise<void>;
}

/** How long requests in flight have when the process ends. */
const FINISH_WITHIN_MS = 8_000;

export async function listen(
  handler: RequestListener,
  port: number,
  host = '0.0.0.0',
  { timeout, ...limits }: typeof LIMITS = LIMITS,
): Promise<HttpServer> {
  const server = createServer(limits, handler);
  server.setTimeout(timeout);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    close: () => close(server),
  };
}

async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), FINISH_WITHIN_MS);
  await closed;
  clearTimeout(timer);
}
