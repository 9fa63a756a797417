import { connect, type Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { atEnd, waitFor } from '@luma-sync/testkit';
import express from 'express';
import { listen } from './http-server.js';
import { largeBodies } from './large-bodies.js';

const BODY_MAX = 1_000;
const ROOM = { smallBytes: 100, largeBytesMax: 3_000 };

async function open() {
  const app = express();
  let begun = 0;
  app.post(
    '/',
    largeBodies(BODY_MAX, (_req, res) => void res.status(503).end(), ROOM),
    (_req, _res, next) => {
      begun += 1;
      next();
    },
  );
  app.use(express.raw({ type: () => true, limit: BODY_MAX }), (_req, res) => void res.end('taken'));
  const server = await listen(app, 0, '127.0.0.1');
  atEnd(() => server.close());
  const send = (head: string, body: string): Socket => {
    const socket = connect(server.port, '127.0.0.1', () =>
      socket.write(`POST / HTTP/1.1\r\nhost: x\r\n${head}\r\n\r\n${body}`),
    );
    socket.on('error', () => {});
    atEnd(() => void socket.destroy());
    return socket;
  };
  return {
    begun: () => begun,
    // A digit is half of a body, and half of the length of a chunk.
    hold: (head: string) => send(head, '1'),
    answer: async (head: string, body: string): Promise<string> => {
      const socket = send(head, body);
      return new Promise((resolve) => socket.once('data', (bytes) => resolve(bytes.toString().split('\r\n')[0] ?? '')));
    },
  };
}

describe('bodies that are sent half and held', () => {
  it.each([
    ['of a declared length', 'content-length: 1000'],
    ['of an unknown length', 'transfer-encoding: chunked'],
  ])('%s get so much memory together, and small ones go on', async (_what, head) => {
    const { hold, answer, begun } = await open();
    const held = [1, 2, 3].map(() => hold(head));
    await waitFor(() => begun() === 3, { what: 'three bodies to be held', limitMs: 60_000 });
    expect(await answer(head, '')).toContain('503');
    expect(await answer('content-length: 5', 'hello')).toContain('200');
    held[0]?.destroy();
    await waitFor(async () => (await answer('content-length: 200', 'y'.repeat(200))).includes('200'), {
      what: 'room for another body',
      limitMs: 60_000,
    });
  });
});
