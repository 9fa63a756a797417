import { Agent, request } from 'node:http';

export interface Answer {
  /** Null: no answer came, or not in time. */
  status: number | null;
  /** Of a 429; null without one. */
  retryAfterMs: number | null;
  roundTripMs: number;
}

/** Sends one cheap read to the simulator, over connections that stay open. */
export function createSender({ port, apiKey }: { port: number; apiKey: string }) {
  const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
  return {
    send: (timeoutMs: number) =>
      new Promise<Answer>((resolve) => {
        const sentAt = performance.now();
        const finish = (status: number | null, retryAfterMs: number | null) =>
          resolve({ status, retryAfterMs, roundTripMs: performance.now() - sentAt });
        const sent = request(
          { host: '127.0.0.1', port, path: '/v1/users/get-self', agent, headers: { 'x-luma-api-key': apiKey } },
          (response) => {
            const seconds = Number(response.headers['retry-after']);
            response.resume().once('end', () => {
              finish(response.statusCode ?? null, Number.isFinite(seconds) ? seconds * 1_000 : null);
            });
          },
        );
        const timer = setTimeout(() => sent.destroy(), Math.max(0, timeoutMs));
        sent.once('close', () => {
          clearTimeout(timer);
          finish(null, null);
        });
        sent.once('error', () => undefined);
        sent.end();
      }),
    close: () => agent.destroy(),
  };
}
