import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { openSafeFetch } from './safe-fetch.js';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

async function serve(listener: RequestListener): Promise<{ url: string; host: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    listener(request, response);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url: `http://${host}`, host, asked };
}

const fetchFrom = (allowHosts: string[], timeoutMs = 10_000) => {
  const fetchPublic = openSafeFetch({ userAgent: 'test', allowHosts, timeoutMs });
  return (address: string, change: { bytesMax?: number; signal?: AbortSignal } = {}) =>
    fetchPublic(address, { bytesMax: 1_000, accept: 'image/*', signal: new AbortController().signal, ...change });
};

const answer =
  (status: number, headers: Record<string, string> = {}, body = ''): RequestListener =>
  (_, response) => {
    response.writeHead(status, headers).end(body);
  };

describe('an address that a user gave', () => {
  it('is fetched from a host that is allowed, with what it says of itself', async () => {
    const { url, host } = await serve(answer(200, { 'content-type': 'Image/PNG; charset=x' }, 'bytes'));
    const { bytes, contentType } = await fetchFrom([host])(`${url}/a.png`);
    expect([Buffer.from(bytes).toString(), contentType]).toEqual(['bytes', 'image/png']);
  });

  it.each([
    '127.0.0.1',
    'localhost',
    '0.0.0.0',
    '10.0.0.1',
    '172.16.3.4',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '[fe80::1]',
    '[fd00::1]',
    '2130706433',
    '0x7f.1',
  ])('%s is refused before a connection is made', async (host) => {
    const { url, asked } = await serve(answer(200));
    const { port } = new URL(url);
    await expect(fetchFrom([])(`http://${host}:${port}/`)).rejects.toMatchObject({
      code: 'url.refused',
      message: expect.stringContaining('not public'),
    });
    expect(asked).toEqual([]);
  });

  it.each([
    ['another protocol', 'ftp://example.org/a', 'only http and https'],
    ['a file', 'file:///etc/passwd', 'only http and https'],
    ['no address at all', 'no address', 'not a URL'],
    ['one with a password', 'http://user:secret@example.org/', 'user name or password'],
    ['one too long', `https://example.org/${'x'.repeat(3_000)}`, 'longer than'],
  ])('%s is refused, and not repeated in the message', async (_, address, why) => {
    const refusal = await fetchFrom([])(address).catch((error: Error) => error);
    expect(refusal).toMatchObject({ code: 'url.refused', message: expect.stringContaining(why) });
    expect((refusal as Error).message).not.toContain('secret');
  });

  it('leads nowhere else by a redirect: each hop is judged', async () => {
    const inside = await serve(answer(200, {}, 'inside'));
    const outside = await serve(answer(302, { location: `${inside.url}/secret` }));
    await expect(fetchFrom([outside.host])(outside.url)).rejects.toMatchObject({ code: 'url.refused' });
    expect(inside.asked).toEqual([]);
    expect(Buffer.from((await fetchFrom([outside.host, inside.host])(outside.url)).bytes).toString()).toBe('inside');
  });

  it('is given up after three redirects', async () => {
    const { url, host, asked } = await serve(answer(302, { location: '/again' }));
    await expect(fetchFrom([host])(url)).rejects.toMatchObject({ code: 'url.refused' });
    expect(asked).toHaveLength(4);
  });

  it('is not read further than allowed, whatever length the host announces', async () => {
    const endless: RequestListener = (_, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write('x'.repeat(600)), 1);
      response.on('close', () => clearInterval(timer));
    };
    const { url, host } = await serve(endless);
    await expect(fetchFrom([host])(url)).rejects.toMatchObject({ code: 'url.too_large', verdict: 'fail' });
  });

  it.each([
    [404, 'url.not_found', 'fail'],
    [403, 'url.not_found', 'fail'],
    [429, 'url.unavailable', 'retry'],
    [500, 'url.unavailable', 'retry'],
    [503, 'url.unavailable', 'retry'],
  ])('answered with %i is %s', async (status, code, verdict) => {
    const { url, host } = await serve(answer(status));
    await expect(fetchFrom([host])(url)).rejects.toMatchObject({ code, verdict });
  });

  it('is given up when the host never answers, never ends, or breaks off', async () => {
    const silent = await serve(() => {});
    await expect(fetchFrom([silent.host], 100)(silent.url)).rejects.toMatchObject({ code: 'url.unavailable' });
    const half = await serve((_, response) => void response.writeHead(200, { 'content-length': '10' }).write('x'));
    await expect(fetchFrom([half.host], 100)(half.url)).rejects.toMatchObject({ code: 'url.unavailable' });
    const cut = await serve((request) => request.socket.destroy());
    await expect(fetchFrom([cut.host])(cut.url)).rejects.toMatchObject({ code: 'url.unavailable' });
  });

  it('is left when the work is interrupted', async () => {
    const { url, host } = await serve(() => {});
    const stop = new AbortController();
    const fetching = fetchFrom([host])(url, { signal: stop.signal });
    stop.abort();
    await expect(fetching).rejects.toMatchObject({ code: 'operation.interrupted' });
  });
});
