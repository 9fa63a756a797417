import { createServer, type Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { atEnd, openTestDatabase, waitFor } from '@luma-sync/testkit';
import { inTransaction, openDatabase, pingPostgres } from './database.js';
import { isStoreUnavailable } from './store-error.js';

function signal(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

const thrownBy = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => null,
    (error: unknown) => error,
  );

async function open() {
  const db = openDatabase({ url: (await openTestDatabase()).url });
  atEnd(() => db.$disconnect());
  return db;
}

it('a ping of a Postgres that is away says so by a code', async () => {
  const db = openDatabase({ url: 'postgres://nobody@127.0.0.1:1/none' });
  atEnd(() => db.$disconnect());
  await expect(pingPostgres(db)).rejects.toMatchObject({ code: 'store.unavailable' });
});

describe('Postgres that goes away', () => {
  it('in the middle of a transaction is told as unavailable, by the query in flight and by the next one', async () => {
    const db = await open();
    const thrown: unknown[] = [];
    const last = await thrownBy(
      inTransaction(db, async (tx) => {
        const [own] = await tx.$queryRaw<{ pid: number }[]>`select pg_backend_pid() as pid`;
        const sleeping = thrownBy(tx.$queryRaw`select pg_sleep(20)`);
        await db.$queryRaw`select pg_terminate_backend(${own?.pid})`;
        thrown.push(await sleeping);
        thrown.push(await thrownBy(tx.$queryRaw`select 1`));
        throw thrown[1];
      }),
    );
    expect([...thrown, last].map(isStoreUnavailable)).toEqual([true, true, true]);
  });

  /** A process that is stopped between two statements must not keep its locks until somebody wakes it. */
  it('from a transaction that stands still lets others have its locks, and tells it as unavailable', async () => {
    const { url } = await openTestDatabase();
    const [still, other] = [
      { url, abandonedTransactionMs: 200 },
      { url, statementTimeoutMs: 5_000 },
    ].map(openDatabase);
    if (still === undefined || other === undefined) throw new Error('two databases');
    atEnd(async () => {
      await Promise.all([still.$disconnect(), other.$disconnect()]);
    });
    const locked = signal();
    const woken = signal();
    const stopped = thrownBy(
      inTransaction(
        still,
        async (tx) => {
          await tx.$executeRaw`lock table events`;
          locked.resolve();
          await woken.promise;
          await tx.$executeRaw`select 1`;
        },
        60_000,
      ),
    );
    await locked.promise;
    // Waits for the lock, within the time of any statement.
    expect(await other.event.count()).toBe(0);
    woken.resolve();
    expect(isStoreUnavailable(await stopped)).toBe(true);
  });

  /** It stops in the very moment in which a connection is new: what it says then arrives together with its welcome. */
  it('while a connection is handed out ends nothing but the query', async () => {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.once('data', () => socket.write(Buffer.concat([WELCOME, SHUTTING_DOWN])));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    atEnd(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const uncaught: unknown[] = [];
    const note = (error: unknown): void => void uncaught.push(error);
    process.on('uncaughtException', note);
    try {
      const db = openDatabase({ url: `postgres://anyone@127.0.0.1:${port}/any` });
      atEnd(() => db.$disconnect());
      const error = await thrownBy(inTransaction(db, (tx) => tx.$queryRaw`select 1`));
      await waitFor(() => sockets.size > 0, { what: 'the connection' });
      expect(isStoreUnavailable(error)).toBe(true);
      expect(uncaught).toEqual([]);
    } finally {
      process.off('uncaughtException', note);
    }
  });
});

function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(type, 0);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

const WELCOME = Buffer.concat([message('R', Buffer.from([0, 0, 0, 0])), message('Z', Buffer.from('I'))]);
const SHUTTING_DOWN = message(
  'E',
  Buffer.from('SFATAL\0C57P01\0Mterminating connection due to administrator command\0\0'),
);
