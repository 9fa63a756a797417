import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import { waitUntilReady } from './wait-ready.mjs';

let server;
afterEach(() => new Promise((resolve) => (server === undefined ? resolve() : server.close(resolve))));

/** Answers /readyz with these in turn, and with the last one from then on. */
async function serve(answers) {
  const asked = [];
  server = createServer((request, response) => {
    const { status, body } = answers[Math.min(asked.length, answers.length - 1)];
    asked.push(request.url);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${server.address().port}`, asked };
}

const ready = { status: 200, body: { status: 'ok', checks: { postgres: { ok: true } } } };
const waiting = {
  status: 503,
  body: { status: 'not-ready', checks: { postgres: { ok: true }, redis: { ok: false }, 'queue mail': { ok: false } } },
};

describe('the wait for luma-sync', () => {
  it('ends with the first answer of /readyz that says ready, and not before', async () => {
    const { url, asked } = await serve([waiting, waiting, ready]);
    await waitUntilReady(url);
    expect(asked).toEqual(['/readyz', '/readyz', '/readyz']);
  });

  it('names what luma-sync waits for when the limit is over', async () => {
    const { url } = await serve([waiting]);
    await expect(waitUntilReady(url, { limitMs: 0 })).rejects.toThrow(/waits for: redis, queue mail\./);
  });

  it('takes no answer of another program for ready', async () => {
    const { url } = await serve([{ status: 200, body: { hello: 'world' } }]);
    await expect(waitUntilReady(url, { limitMs: 0 })).rejects.toThrow(`an answer of luma-sync at ${url}`);
  });

  it('ends when the program has ended', async () => {
    const { url } = await serve([waiting]);
    await expect(waitUntilReady(url, { signal: AbortSignal.abort(new Error('ended early')) })).rejects.toThrow(
      'ended early',
    );
  });
});
