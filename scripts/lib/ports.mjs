import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Below what systems give to programs that ask for any port, outgoing connections included: a server that is down for a
 * moment finds its port still free, and nobody else answers there meanwhile.
 */
const first = 20_000;
const last = 32_000;
const triesMax = 50;

/**
 * A port on 127.0.0.1 that was free a moment ago. The one that binds it may still lose a race: start again with another
 * one.
 */
export async function findFreePort() {
  for (let tries = 0; tries < triesMax; tries += 1) {
    const port = randomInt(first, last);
    if (await isFree(port, '127.0.0.1')) return port;
  }
  throw new Error(`none of ${triesMax} ports between ${first} and ${last} is free`);
}

/** @param host Absent: on every address of this machine. */
export async function isFree(port, host) {
  const server = createServer().listen(port, host);
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
