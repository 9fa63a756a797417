import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** Sees one request, and is called again when it and when its answer arrives. */
export type RoadWatch = (request: Buffer) => { arrived(): void; answered(): void };

/**
 * The road to the server: passes bytes on, late. Each request's round trip is drawn evenly from a range and split
 * evenly at random into the way there and the way back, so that the moment at which the server counts lies anywhere
 * between sending and answer.
 *
 * Expects one request at a time per connection, small enough for one read, as our sender makes them.
 */
export async function openRoad(to: { port: number }, roundTripMs: { min: number; max: number }, watch?: RoadWatch) {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    socket.setNoDelay(true);
    return socket;
  };
  const server = createServer((client) => {
    keep(client);
    const far = keep(connect({ host: '127.0.0.1', port: to.port }));
    let backMs = 0;
    let request: ReturnType<RoadWatch> | undefined;
    client.on('data', (bytes) => {
      const totalMs = roundTripMs.min + Math.random() * (roundTripMs.max - roundTripMs.min);
      const thereMs = Math.random() * totalMs;
      backMs = totalMs - thereMs;
      const own = watch?.(bytes);
      request = own;
      void pause(thereMs).then(() => {
        own?.arrived();
        if (far.writable) far.write(bytes);
      });
    });
    far.on('data', (bytes) => {
      const own = request;
      void pause(backMs).then(() => {
        own?.answered();
        if (client.writable) client.write(bytes);
      });
    });
    client.once('close', () => far.destroy());
    far.once('close', () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
