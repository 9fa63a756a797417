import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** One request of a push on its way: when it left, and when it or its answer arrived, in `performance.now()`. */
export interface Trip {
  leftAt: number;
  arrivedAt: number;
  answeredAt: number;
}

/**
 * What the road saw: the moment an address arrived in an add, and the trips of the pushes by Luma's id of the event.
 */
export interface Seen {
  addedAt: ReadonlyMap<string, number>;
  trips: ReadonlyMap<string, readonly Trip[]>;
}

const PUSH_PATH = /^(?:GET|POST) \/v1\/events\/guests\/(?:get|add|update-status)[? ]/;
const EVENT_ID = /event_id(?:=|":")(evt-[\w-]+)/;
const EMAIL = /"email":"([^"]+)"/g;

/**
 * The network in front of the simulator: each round trip is drawn evenly from a range, and split at random into the two
 * ways. It reads which requests belong to pushes: pulls only list.
 */
export async function openWatchedRoad(to: { port: number }, roundTripMaxMs: number) {
  const addedAt = new Map<string, number>();
  const trips = new Map<string, Trip[]>();
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
    let trip: Trip | null = null;
    client.on('data', (bytes) => {
      const totalMs = Math.random() * roundTripMaxMs;
      const thereMs = Math.random() * totalMs;
      backMs = totalMs - thereMs;
      const text = bytes.toString('utf8');
      const eventId = EVENT_ID.exec(text)?.[1];
      trip = null;
      if (eventId !== undefined && PUSH_PATH.test(text)) {
        trip = { leftAt: performance.now(), arrivedAt: Number.POSITIVE_INFINITY, answeredAt: Number.POSITIVE_INFINITY };
        trips.set(eventId, [...(trips.get(eventId) ?? []), trip]);
      }
      const own = trip;
      void pause(thereMs).then(() => {
        const now = performance.now();
        if (own !== null) own.arrivedAt = now;
        if (text.startsWith('POST /v1/events/guests/add '))
          for (const [, email] of text.matchAll(EMAIL)) if (email && !addedAt.has(email)) addedAt.set(email, now);
        if (far.writable) far.write(bytes);
      });
    });
    far.on('data', (bytes) => {
      const own = trip;
      void pause(backMs).then(() => {
        if (own !== null && own.answeredAt === Number.POSITIVE_INFINITY) own.answeredAt = performance.now();
        if (client.writable) client.write(bytes);
      });
    });
    client.once('close', () => far.destroy());
    far.once('close', () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    seen: { addedAt, trips } satisfies Seen,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
