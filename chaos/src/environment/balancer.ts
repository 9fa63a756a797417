import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface Balancer {
  url: string;
  close(): void;
}

/**
 * What stands in front of several ingresses: passes each connection to the next one that takes it. It looks at nothing
 * else, so one that is frozen gets its share of connections and its callers time out, as they would.
 */
export async function openBalancer(ports: readonly number[]): Promise<Balancer> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
    return socket;
  };
  let turn = 0;
  const server = createServer((client) => {
    keep(client);
    const first = turn++;
    const tryNext = (tries: number): void => {
      const port = ports[(first + tries) % ports.length];
      if (port === undefined || tries >= ports.length || client.destroyed) {
        client.destroy();
        return;
      }
      const backend = keep(connect({ host: '127.0.0.1', port }));
      const onRefused = (): void => tryNext(tries + 1);
      backend.once('error', onRefused);
      backend.once('connect', () => {
        backend.off('error', onRefused);
        client.once('close', () => backend.destroy());
        backend.once('close', () => client.destroy());
        client.pipe(backend).pipe(client);
      });
    };
    tryNext(0);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve());
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
