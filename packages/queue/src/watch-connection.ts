import type { Cluster, Redis } from 'ioredis';
import pTimeout from 'p-timeout';

/** How often a connection is asked whether somebody is there, and how long it has to say so. */
export interface WatchTimes {
  everyMs: number;
  answerMs: number;
}

const WATCH: WatchTimes = { everyMs: 5_000, answerMs: 5_000 };

/**
 * Breaks connections that stand and say nothing, so that they are made anew.
 *
 * A machine that vanished, or a firewall that forgot the connection, closes nothing: what was sent is repeated by the
 * kernel for a quarter of an hour, and a reconnecting client does not know that it should reconnect. Not for
 * connections that block: their ping would wait behind.
 */
export function watchConnection(connection: Redis | Cluster, times: WatchTimes = WATCH): void {
  const asking = new WeakSet<Redis>();
  const timer = setInterval(() => {
    for (const node of 'nodes' in connection ? connection.nodes('all') : [connection]) {
      // One question at a time: those asked during an outage would pile up.
      if (asking.has(node)) continue;
      asking.add(node);
      void ask(node, times.answerMs).finally(() => asking.delete(node));
    }
  }, times.everyMs);
  timer.unref();
  connection.once('end', () => clearInterval(timer));
}

async function ask(node: Redis, answerMs: number): Promise<void> {
  const answer = node.ping().then(
    () => true,
    // An error is an answer, unless it only says that none came.
    (error: unknown) => !(error instanceof Error && error.message === 'Command timed out'),
  );
  const hasAnswered = await pTimeout(answer, { milliseconds: answerMs, message: 'a ping took too long' }).catch(
    () => false,
  );
  // `connect` as well: its first question may have met the silence. Any other status is on its way to a new connection
  // by itself.
  if (!hasAnswered && (node.status === 'ready' || node.status === 'connect')) node.disconnect(true);
}
