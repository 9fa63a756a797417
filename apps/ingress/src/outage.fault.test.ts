import { describe, expect, it } from '@jest/globals';
import { startTcpProxy, type TcpProxy, waitFor } from '@luma-sync/testkit';
import { eventBody, openIngress, type TestIngress } from '../test/open-ingress.js';

interface World {
  ingress: TestIngress;
  proxy: TcpProxy;
}

async function openWorld(): Promise<World> {
  const proxy = await startTcpProxy(process.env.DATABASE_URL ?? '');
  const ingress = await openIngress({ through: proxy.through });
  // The key is known from here on, and connections stand.
  expect((await ingress.call('GET', '/v1/events')).status).toBe(200);
  return { ingress, proxy };
}

const LOCK = 4_711;

/**
 * Lets each commit that wrote an operation wait, in the middle of COMMIT, for `open`: what happens to the connection
 * then, happens between the asking for the commit and its answer.
 */
async function holdCommits({ ingress: { db } }: World) {
  await db.$executeRawUnsafe(`
    create function wait_at_commit() returns trigger language plpgsql as $$
    begin perform pg_advisory_xact_lock_shared(${LOCK}); return null; end $$`);
  await db.$executeRawUnsafe(`
    create constraint trigger wait_at_commit after insert or update on operations
    deferrable initially deferred for each row execute function wait_at_commit()`);
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  let isHeld = false;
  const held = db.$transaction(
    async (tx) => {
      await tx.$executeRawUnsafe(`select pg_advisory_xact_lock(${LOCK})`);
      isHeld = true;
      await opened;
    },
    { timeout: 60_000, maxWait: 10_000 },
  );
  await waitFor(() => isHeld, { what: 'commits to be held' });
  return {
    reached: () =>
      waitFor(
        async () => {
          const waiting = await db.$queryRaw<object[]>`
            select 1 from pg_stat_activity
            where datname = current_database() and wait_event_type = 'Lock' and wait_event = 'advisory'
              and query ilike 'commit%'`;
          return waiting.length > 0;
        },
        { what: 'a commit to be in flight', limitMs: 60_000 },
      ),
    open: async () => {
      open();
      await held;
    },
  };
}

const webhook = JSON.stringify({ type: 'event.updated', data: { id: 'evt-1' } });

describe('the connection to Postgres, lost between COMMIT and its answer', () => {
  it.each(['committed after all', 'never committed'] as const)(
    'a webhook that was %s: 503, and Luma’s next try leaves one delivery and one operation',
    async (ending) => {
      const world = await openWorld();
      const { ingress, proxy } = world;
      const send = () => ingress.sendWebhook(webhook, { webhookId: 'lost' });
      const commits = await holdCommits(world);
      const answer = send();
      await commits.reached();
      if (ending === 'never committed') await terminateCommits(ingress);
      await proxy.cut();
      await commits.open();
      expect(await answer).toMatchObject({ status: 503, body: { status: 'try again' } });
      await proxy.resume();
      expect(await ingress.db.webhookDelivery.count()).toBe(ending === 'never committed' ? 0 : 1);
      const again = await until(send, 200);
      expect(again.body.status).toBe(ending === 'never committed' ? 'accepted' : 'duplicate');
      expect(await ingress.db.webhookDelivery.count()).toBe(1);
      expect(await ingress.db.operation.count({ where: { job: 'inbox.apply' } })).toBe(1);
    },
  );

  it.each(['committed after all', 'never committed'] as const)(
    'a command that was %s: 503 with a code, and the same request under its key is carried out once',
    async (ending) => {
      const world = await openWorld();
      const { ingress, proxy } = world;
      await ingress.call('PUT', '/v1/events/party', eventBody);
      await ingress.db.operation.deleteMany();
      const send = () =>
        ingress.call('POST', '/v1/events/party/push', undefined, { 'idempotency-key': 'once-and-for-all' });
      const commits = await holdCommits(world);
      const answer = send();
      await commits.reached();
      if (ending === 'never committed') await terminateCommits(ingress);
      await proxy.cut();
      await commits.open();
      const lost = await answer;
      expect(lost).toMatchObject({ status: 503, body: { code: 'store.unavailable' } });
      expect(lost.headers.get('content-type')).toContain('application/problem+json');
      expect(lost.headers.get('retry-after')).not.toBeNull();
      await proxy.resume();
      const stored = await ingress.db.operation.findMany({ select: { id: true } });
      expect(stored).toHaveLength(ending === 'never committed' ? 0 : 1);
      // What was queued runs and ends meanwhile: a repeat that did not know its key would ask for a second one.
      await ingress.db.operation.updateMany({ data: { state: 'done', dispatchAt: null } });
      const again = await until(send, 202);
      const operations = await ingress.db.operation.findMany({ select: { id: true } });
      expect(operations).toHaveLength(1);
      expect(again.body.operation.id).toBe(operations[0]?.id);
    },
  );

  it('an event that was stored and answered with 503 is not made twice by a repeat', async () => {
    const world = await openWorld();
    const { ingress, proxy } = world;
    const send = () => ingress.call('PUT', '/v1/events/party', eventBody);
    const commits = await holdCommits(world);
    const answer = send();
    await commits.reached();
    await proxy.cut();
    await commits.open();
    expect(await answer).toMatchObject({ status: 503, body: { code: 'store.unavailable' } });
    await proxy.resume();
    expect((await until(send, 202)).body.event.revision).toBe(1);
    expect(await ingress.db.event.count()).toBe(1);
    expect(await ingress.db.operation.count({ where: { job: 'event.push' } })).toBe(1);
  });
});

describe('connections to Postgres that died without a word', () => {
  it('do not keep ingress from its work for longer than their time limit', async () => {
    const { ingress, proxy } = await openWorld();
    // All five of the pool are open, and then forgotten by a firewall in between.
    await Promise.all(Array.from({ length: 20 }, () => ingress.call('GET', '/v1/events')));
    proxy.forget();
    const statuses = await Promise.all(
      Array.from({ length: 20 }, async (_, n) => (await ingress.call('PUT', `/v1/events/e${n}`, eventBody)).status),
    );
    expect(statuses.filter((status) => status !== 503 && status !== 202)).toEqual([]);
    await until(() => ingress.call('PUT', '/v1/events/after', eventBody), 202, 60_000);
    expect((await ingress.sendWebhook(webhook)).status).toBe(200);
    const stored = await ingress.db.event.findMany({ select: { externalId: true } });
    expect(stored.length).toBe(statuses.filter((status) => status === 202).length + 1);
  });
});

describe('a Postgres that lets itself be read only', () => {
  it('nothing is accepted, with 503, and everything is again afterwards', async () => {
    const { ingress } = await openWorld();
    const setReadOnly = async (value: 'on' | 'off') => {
      const [row] = await ingress.db.$queryRaw<{ name: string }[]>`select current_database() as name`;
      await ingress.db.$executeRawUnsafe(
        `begin; set local transaction_read_only = off; alter database ${row?.name} set ` +
          `default_transaction_read_only = ${value}; commit`,
      );
      // New sessions have it; ingress makes some when its old ones are ended.
      await ingress.db
        .$executeRaw`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()
            and pid <> pg_backend_pid()`;
    };
    await setReadOnly('on');
    const put = () => ingress.call('PUT', '/v1/events/party', eventBody);
    await until(put, 503);
    // Now on connections that stand and only read.
    for (let n = 0; n < 3; n += 1)
      expect(await put()).toMatchObject({ status: 503, body: { code: 'store.unavailable' } });
    expect((await ingress.call('GET', '/v1/events')).status).toBe(200);
    expect((await ingress.sendWebhook(webhook)).status).toBe(503);
    await setReadOnly('off');
    await until(put, 202);
    expect((await ingress.sendWebhook(webhook)).status).toBe(200);
  });
});

/** Ends the sessions that wait in COMMIT: their transactions are rolled back. */
const terminateCommits = ({ db }: TestIngress) =>
  db.$executeRaw`
    select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()
      and query ilike 'commit%'`;

/** A pool finds its broken connections one by one. */
async function until<T extends { status: number; body: unknown }>(
  ask: () => Promise<T>,
  status: number,
  limitMs = 30_000,
): Promise<T> {
  let answer: T | undefined;
  await waitFor(
    async () => {
      answer = await ask();
      return answer.status === status
        ? true
        : Promise.reject(new Error(`${answer.status} ${JSON.stringify(answer.body)}`));
    },
    { what: `status ${status}`, limitMs },
  );
  return answer as T;
}
