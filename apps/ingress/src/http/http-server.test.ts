import { connect, type Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { atEnd } from '@luma-sync/testkit';
import { LIMITS, listen } from './http-server.js';

/** The limits of a server, a hundred times as short. */
const SHORT = Object.fromEntries(
  Object.entries(LIMITS).map(([name, ms]) => [name, Math.ceil(ms / 100)]),
) as unknown as typeof LIMITS;

const closed = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    socket.resume().on('error', () => {});
    socket.once('close', () => resolve());
  });

describe('a socket that holds a place', () => {
  it.each([
    ['and sends nothing', ''],
    ['and sends half a line', 'GET / HT'],
    ['and sends headers without an end', 'GET / HTTP/1.1\r\nhost: x\r\n'],
    ['and sends half a body', 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\nab'],
    ['and sends nothing after an answer', 'GET / HTTP/1.1\r\nhost: x\r\n\r\n'],
  ])('%s is closed', async (_, sent) => {
    const server = await listen((_request, response) => response.end('ok'), 0, '127.0.0.1', SHORT);
    atEnd(() => server.close());
    const socket = connect(server.port, '127.0.0.1', () => socket.write(sent));
    // Ends by the time limit of the test when the socket stays open.
    await closed(socket);
  });

  it('of any kind is closed after a while without a byte', () => {
    expect(LIMITS.timeout).toBeGreaterThan(LIMITS.keepAliveTimeout);
    expect(LIMITS.headersTimeout).toBeGreaterThan(0);
    expect(LIMITS.requestTimeout).toBeGreaterThan(LIMITS.headersTimeout);
  });
});
