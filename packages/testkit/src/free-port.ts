import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Below what systems give to programs that ask for any port, outgoing connections included: a server of ours that is
 * down for a moment finds its port still free, and nobody else answers there meanwhile.
 */
const FIRST = 20_000;
const LAST = 32_000;
const TRIES_MAX = 50;

/**
 * A port on 127.0.0.1 that was free a moment ago. Prefer port 0 where a server can tell which port it got, and keeps
 * it.
 */
export async function findFreePort(): Promise<number> {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const port = randomInt(FIRST, LAST);
    if (await isFree(port)) return port;
  }
  throw new Error(`none of ${TRIES_MAX} ports between ${FIRST} and ${LAST} is free`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
