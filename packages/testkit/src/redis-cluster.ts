import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { atEnd } from './at-end.js';
import { spawnProcess, type TestProcess } from './child-process.js';
import { findFreePort } from './free-port.js';
import { findRedisBinary } from './redis-binary.js';
import { waitFor } from './wait-for.js';

const MASTERS = 3;
const SLOTS = 16_384;
/** A node is taken for dead after this, and its replica takes over soon after. Short, so that tests need not wait. */
const NODE_TIMEOUT_MS = 1_000;
/** Nodes talk to each other at their port plus this; older Redis knows no other way. */
const BUS_OFFSET = 10_000;

export interface RedisClusterOptions {
  /** Whether each master has a replica that can take over. Default false: three processes instead of six. */
  hasReplicas?: boolean;
  /** Asked of every client and node. Default none. */
  password?: string;
}

export type RedisCluster = {
  /** All nodes, comma-separated, as `REDIS_URL` takes them. */
  url: string;
  /** Empties every master (FLUSHALL). */
  flush(): Promise<void>;
  /** Kills the master that holds the key. @returns when its replica has taken over and every node knows. */
  failOver(key: string): Promise<void>;
  /** Moves the key's slot with all in it to another master, while clients go on: they are answered ASK and MOVED. */
  moveSlot(key: string): Promise<void>;
  /** Stops or wakes every node: connections stand without an answer meanwhile. */
  freeze(): void;
  thaw(): void;
  /** Happens by itself at the end of the file. */
  close(): Promise<void>;
};

interface Node {
  port: number;
  process: TestProcess;
  admin: Redis;
  id: string;
}

/** A real cluster of three masters on loopback, empty and ready. Nothing is saved; `noeviction`, as in production. */
export async function startRedisCluster(options: RedisClusterOptions = {}): Promise<RedisCluster> {
  const { hasReplicas = false, password } = options;
  const dir = await mkdtemp(join(tmpdir(), 'luma-sync-cluster-'));
  const nodes: Node[] = [];
  const close = atEnd(async () => {
    for (const { admin, process } of nodes) {
      admin.disconnect();
      process.kill('SIGCONT');
      process.kill('SIGKILL');
    }
    await Promise.all(nodes.map(({ process }) => process.exited));
    await rm(dir, { recursive: true, force: true });
  });
  // One after the other: each must see the ports of those before it as taken.
  for (let i = 0; i < (hasReplicas ? 2 : 1) * MASTERS; i++) nodes.push(await startNode(dir, password));
  await introduce(nodes);
  if (hasReplicas) await followMasters(nodes);
  await agree(nodes);

  const alive = (): Node[] => nodes.filter(({ process }) => !isKilled.has(process));
  const isKilled = new Set<TestProcess>();
  const masters = async (): Promise<Node[]> => {
    const roles = await Promise.all(alive().map(async (node) => ({ node, role: (await node.admin.role())[0] })));
    return roles.filter(({ role }) => role === 'master').map(({ node }) => node);
  };
  const masterOf = async (key: string): Promise<{ slot: number; node: Node }> => {
    const [any] = alive();
    if (any === undefined) throw new Error('the cluster has no node left');
    const slot = await any.admin.cluster('KEYSLOT', key);
    const ranges = await any.admin.cluster('SLOTS');
    const [, , [, port] = []] = ranges.find(([from, to]) => slot >= from && slot <= to) ?? [];
    const node = alive().find((candidate) => candidate.port === port);
    if (node === undefined) throw new Error(`no node of the cluster holds slot ${slot}`);
    return { slot, node };
  };
  const secret = password === undefined ? '' : `:${password}@`;

  return {
    url: nodes.map(({ port }) => `redis://${secret}127.0.0.1:${port}`).join(','),
    flush: async () => {
      await Promise.all((await masters()).map(({ admin }) => admin.flushall()));
    },
    failOver: async (key) => {
      const { node } = await masterOf(key);
      isKilled.add(node.process);
      node.process.kill('SIGKILL');
      await node.process.exited;
      node.admin.disconnect();
      await waitFor(async () => (await masters()).length === MASTERS, {
        what: 'a replica to take over',
        limitMs: 60_000,
      });
      await agree(alive());
    },
    moveSlot: async (key) => {
      const { slot, node: from } = await masterOf(key);
      const to = (await masters()).find(({ id }) => id !== from.id);
      if (to === undefined) throw new Error('there is no other master');
      await moveSlot(slot, from, to, password);
      for (const { admin } of await masters()) await admin.cluster('SETSLOT', slot, 'NODE', to.id);
    },
    freeze: () => {
      for (const { process } of alive()) process.kill('SIGSTOP');
    },
    thaw: () => {
      for (const { process } of alive()) process.kill('SIGCONT');
    },
    close,
  };
}

async function startNode(dir: string, password: string | undefined): Promise<Node> {
  const port = await findPortWithBus();
  const settings = {
    port: String(port),
    bind: '127.0.0.1',
    save: '',
    appendonly: 'no',
    'maxmemory-policy': 'noeviction',
    dir,
    'cluster-enabled': 'yes',
    'cluster-config-file': `nodes-${port}.conf`,
    'cluster-node-timeout': String(NODE_TIMEOUT_MS),
    'cluster-replica-validity-factor': '0',
    'repl-diskless-sync-delay': '0',
    ...(password === undefined ? {} : { requirepass: password, masterauth: password }),
  };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  const process = spawnProcess(findRedisBinary(), args);
  await process.waitForOutput(/ready to accept connections/i);
  const admin = new Redis({
    port,
    host: '127.0.0.1',
    ...(password === undefined ? {} : { password }),
    lazyConnect: true,
    maxRetriesPerRequest: 1,
  });
  admin.on('error', () => {});
  await admin.connect();
  return { port, process, admin, id: (await admin.cluster('MYID')) as string };
}

/** Gives each master its third of the slots and makes all nodes known to each other. */
async function introduce(nodes: readonly Node[]): Promise<void> {
  const [first, ...others] = nodes;
  if (first === undefined) throw new Error('a cluster needs nodes');
  for (const [index, { admin }] of nodes.entries()) await admin.cluster('SET-CONFIG-EPOCH', index + 1);
  for (const [index, { admin }] of nodes.slice(0, MASTERS).entries()) {
    const from = Math.ceil((index * SLOTS) / MASTERS);
    const until = Math.ceil(((index + 1) * SLOTS) / MASTERS);
    await admin.cluster('ADDSLOTS', ...Array.from({ length: until - from }, (_, i) => from + i));
  }
  for (const { port } of others) await first.admin.cluster('MEET', '127.0.0.1', port);
  await Promise.all(nodes.map((node) => waitUntilKnown(node, nodes.length)));
}

async function followMasters(nodes: readonly Node[]): Promise<void> {
  for (const [index, { admin }] of nodes.slice(MASTERS).entries()) {
    await admin.cluster('REPLICATE', nodes[index]?.id ?? '');
  }
  await Promise.all(
    nodes.slice(MASTERS).map(({ admin }) =>
      waitFor(async () => /master_link_status:up/.test(await admin.info('replication')), {
        what: 'a replica to be in step',
        limitMs: 60_000,
      }),
    ),
  );
}

const waitUntilKnown = ({ admin }: Node, count: number): Promise<unknown> =>
  waitFor(async () => new RegExp(`cluster_known_nodes:${count}\\b`).test(await clusterInfo(admin)), {
    what: `the nodes of the cluster to know each other (${count})`,
    limitMs: 60_000,
  });

/** Every node says that all slots are served. */
async function agree(nodes: readonly Node[]): Promise<void> {
  for (const { admin } of nodes) {
    await waitFor(async () => /cluster_state:ok/.test(await clusterInfo(admin)), {
      what: 'the cluster to be ready',
      limitMs: 60_000,
    });
  }
}

const clusterInfo = async (admin: Redis): Promise<string> => String(await admin.cluster('INFO'));

async function moveSlot(slot: number, from: Node, to: Node, password: string | undefined): Promise<void> {
  await to.admin.cluster('SETSLOT', slot, 'IMPORTING', from.id);
  await from.admin.cluster('SETSLOT', slot, 'MIGRATING', to.id);
  const auth = password === undefined ? [] : ['AUTH', password];
  for (;;) {
    const keys = (await from.admin.cluster('GETKEYSINSLOT', slot, 100)) as string[];
    if (keys.length === 0) return;
    await from.admin.call('MIGRATE', '127.0.0.1', to.port, '', 0, 5_000, ...auth, 'KEYS', ...keys);
  }
}

/** A port that is free together with the one nodes talk at. */
async function findPortWithBus(): Promise<number> {
  for (let tries = 0; tries < 50; tries++) {
    const port = await findFreePort();
    if (port + BUS_OFFSET < 65_536 && (await isFree(port + BUS_OFFSET))) return port;
  }
  throw new Error('no free pair of ports for a node of a Redis cluster');
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
