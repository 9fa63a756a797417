import { randomUUID } from 'node:crypto';
import { connect, createServer, type Socket } from 'node:net';
import { expect, it } from '@jest/globals';
import { atEnd, openTestRedis, waitFor } from '@luma-sync/testkit';
import { addJobs, closeQueues, connectRedis, disconnectRedis, openQueues } from './index.js';

/**
 * A road to Redis that breaks each connection when the client has asked for the n-th time who the server is, until it
 * is mended.
 */
async function startBreakingRoad(target: string, breakAt: number) {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let broken = 0;
  let isMended = false;
  const server = createServer((client) => {
    const upstream = connect({ host: hostname, port: Number(port) });
    let asked = 0;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
    }
    upstream.pipe(client);
    client.on('data', (bytes) => {
      asked += bytes.toString('latin1').match(/\r\ninfo\r\n/gi)?.length ?? 0;
      if (isMended || asked < breakAt) upstream.write(bytes);
      else {
        broken += 1;
        client.resetAndDestroy();
        upstream.destroy();
      }
    });
    client.on('close', () => upstream.destroy());
  });
  const ownPort = await new Promise<number>((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve(Number(Object(server.address()).port))),
  );
  atEnd(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return {
    url: `redis://127.0.0.1:${ownPort}`,
    broken: () => broken,
    mend: () => {
      isMended = true;
    },
  };
}

// The client itself asks once on each connection. The second question would be BullMQ's, whose failure it would
// remember for ever: nobody asks it, so nothing breaks.
it.each([1, 2])(
  'a queue whose first words to Redis fail (question %i) takes jobs as soon as Redis is there',
  async (at) => {
    const { url, prefix } = await openTestRedis();
    const road = await startBreakingRoad(url, at);
    const connection = connectRedis(road.url, 'failing', 'test-relay');
    atEnd(() => disconnectRedis(connection));
    const queues = openQueues(connection, prefix);
    atEnd(() => closeQueues(queues));
    if (at === 1) {
      await waitFor(() => road.broken() >= 3, { what: 'three connections to break' });
      road.mend();
    }
    const add = () =>
      addJobs(queues.events, [{ operationId: randomUUID(), job: 'event.push', priority: 1, dispatches: 1 }]);
    await waitFor(() => add().then(() => true), { what: 'the queue to take a job', limitMs: 60_000 });
    expect(await queues.events.getJobCounts('prioritized')).toEqual({ prioritized: 1 });
  },
);
