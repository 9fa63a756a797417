import { connect, createServer, type Server, type Socket } from 'node:net';
import { atEnd } from './at-end.js';

/**
 * What happens to bytes:
 * - `pass`: they arrive.
 * - `hold`: connections stand and new ones are taken, but nothing moves until `resume`, then all of it does. A network
 *   that stalls.
 * - `blackhole`: as `hold` to those who look, but what is sent is gone. A machine that vanished without closing.
 * - `loseAnswers`: what the client sends arrives, what the server answers does not. A write whose outcome is unknown.
 * - `cut`: connections break, new ones are refused. A server that is down.
 */
export type ProxyMode = 'pass' | 'hold' | 'blackhole' | 'loseAnswers' | 'cut';

export type TcpProxy = {
  port: number;
  /** A URL of the target with the proxy's host and port in their place. */
  through(url: string): string;
  mode(): ProxyMode;
  hold(): void;
  blackhole(): void;
  loseAnswers(): void;
  /**
   * Loses everything on connections made so far, both ways and for good; new ones pass. A firewall that forgot them.
   */
  forget(): void;
  cut(): Promise<void>;
  /** Back to `pass`. Connections that lost bytes are broken: their streams no longer mean anything. */
  resume(): Promise<void>;
  /** Connections taken since the start. */
  accepted(): number;
  /** Happens by itself at the end of the file. */
  close(): Promise<void>;
};

type Pair = { client: Socket; server: Socket; lostBytes: boolean; isForgotten: boolean };

/** A TCP proxy on 127.0.0.1 that can misbehave. `target`: a URL (`postgres:`, `redis:`, `http:`) or host and port. */
export async function startTcpProxy(target: string | { host: string; port: number }): Promise<TcpProxy> {
  const { host, port: targetPort } = typeof target === 'string' ? toAddress(target) : target;
  const pairs = new Set<Pair>();
  let mode: ProxyMode = 'pass';
  let accepted = 0;

  // Half-open: an end is bytes like others, to be passed on, held or lost.
  const server = createServer({ allowHalfOpen: true }, (client) => {
    accepted += 1;
    const server = connect({ host, port: targetPort, allowHalfOpen: true });
    const pair: Pair = { client, server, lostBytes: false, isForgotten: false };
    pairs.add(pair);
    const breakPair = (): void => {
      pairs.delete(pair);
      client.destroy();
      pair.server.destroy();
    };
    forward(pair, 'client', 'server', () => mode);
    forward(pair, 'server', 'client', () => mode);
    for (const socket of [client, pair.server]) {
      socket.on('error', breakPair);
      socket.on('close', () => client.destroyed && pair.server.destroyed && pairs.delete(pair));
    }
    if (mode === 'hold') pausePair(pair);
  });
  const port = await listen(server, 0);

  const breakPairs = (which: (pair: Pair) => boolean): void => {
    for (const pair of [...pairs].filter(which)) {
      // A reset, as from a process that is gone, and not an orderly end.
      pair.client.resetAndDestroy();
      pair.server.resetAndDestroy();
      pairs.delete(pair);
    }
  };
  const stopListening = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = new Promise((resolve) => server.close(resolve));
    breakPairs(() => true);
    await closed;
  };
  const enter = (next: ProxyMode): void => {
    mode = next;
    for (const pair of pairs) (next === 'hold' ? pausePair : resumePair)(pair);
  };

  return {
    port,
    through: (url) => withAddress(url, port),
    mode: () => mode,
    accepted: () => accepted,
    hold: () => enter('hold'),
    blackhole: () => enter('blackhole'),
    loseAnswers: () => enter('loseAnswers'),
    forget: () => {
      for (const pair of pairs) pair.isForgotten = true;
    },
    cut: async () => {
      mode = 'cut';
      await stopListening();
    },
    resume: async () => {
      breakPairs(({ lostBytes }) => lostBytes);
      if (!server.listening) await listen(server, port);
      enter('pass');
    },
    close: atEnd(stopListening),
  };
}

function forward(pair: Pair, from: 'client' | 'server', to: 'client' | 'server', mode: () => ProxyMode): void {
  const isLost = (): boolean => {
    const lost = pair.isForgotten || mode() === 'blackhole' || (mode() === 'loseAnswers' && from === 'server');
    if (lost) pair.lostBytes = true;
    return lost;
  };
  pair[from].on('data', (bytes) => {
    // Bytes that were read before the pause took hold wait in the socket that is being written to.
    if (!isLost() && !pair[to].write(bytes)) pair[from].pause();
  });
  pair[from].on('end', () => {
    if (!isLost()) pair[to].end();
  });
  pair[to].on('drain', () => {
    if (mode() !== 'hold') pair[from].resume();
  });
}

function pausePair({ client, server }: Pair): void {
  client.pause();
  server.pause();
}

function resumePair({ client, server }: Pair): void {
  client.resume();
  server.resume();
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

const defaultPorts: Record<string, number> = { 'postgres:': 5432, 'postgresql:': 5432, 'redis:': 6379, 'http:': 80 };

function toAddress(url: string): { host: string; port: number } {
  const { protocol, hostname, port } = new URL(url);
  return { host: hostname, port: port === '' ? (defaultPorts[protocol] ?? 0) : Number(port) };
}

function withAddress(url: string, port: number): string {
  const changed = new URL(url);
  changed.hostname = '127.0.0.1';
  changed.port = String(port);
  return changed.href;
}
