import { connect, createServer, type Socket } from 'node:net';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { atEnd, startTcpProxy, type TcpProxy, waitFor } from './index.js';

/** A server that answers each line with the same line in capitals, and notes what it got. */
async function startShouter(): Promise<{ port: number; heard: string[] }> {
  const heard: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket
      .on('error', () => {})
      .on('data', (bytes) => {
        heard.push(bytes.toString());
        socket.write(bytes.toString().toUpperCase());
      });
  });
  const port = await new Promise<number>((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve(Number(Object(server.address()).port))),
  );
  atEnd(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port, heard };
}

function openClient(port: number): { send(text: string): void; received(): string; state(): string; socket: Socket } {
  let received = '';
  let state = 'open';
  const socket = connect({ port, host: '127.0.0.1' });
  socket.on('data', (bytes) => (received += bytes.toString()));
  socket.on('error', (error) => (state = Object(error).code));
  socket.on('end', () => (state = 'ended'));
  atEnd(() => void socket.destroy());
  return { send: (text) => socket.write(text), received: () => received, state: () => state, socket };
}

describe('startTcpProxy', () => {
  let target: Awaited<ReturnType<typeof startShouter>>;
  let proxy: TcpProxy;
  let client: ReturnType<typeof openClient>;

  beforeEach(async () => {
    target = await startShouter();
    proxy = await startTcpProxy({ host: '127.0.0.1', port: target.port });
    client = openClient(proxy.port);
    client.send('one');
    await waitFor(() => client.received() === 'ONE', { what: 'the first answer' });
  });

  it('delivers what was held when it resumes, in order', async () => {
    proxy.hold();
    client.send('two');
    const late = openClient(proxy.port);
    late.send('three');
    // A round trip past the proxy: whatever could have arrived by now has.
    const direct = openClient(target.port);
    direct.send('past');
    await waitFor(() => direct.received() === 'PAST', { what: 'the direct answer' });
    expect(target.heard).toEqual(['one', 'past']);
    await proxy.resume();
    await waitFor(() => client.received() === 'ONETWO' && late.received() === 'THREE', { what: 'what was held' });
  });

  it('lets a write arrive and loses its answer, then breaks the connection', async () => {
    proxy.loseAnswers();
    client.send('two');
    await waitFor(() => target.heard.includes('two'), { what: 'the write to arrive' });
    await proxy.resume();
    await waitFor(() => client.state() !== 'open', { what: 'the connection to break' });
    expect(client.received()).toBe('ONE');
  });

  it('swallows bytes in a black hole while the connection looks alive', async () => {
    proxy.blackhole();
    client.send('two');
    const direct = openClient(target.port);
    direct.send('past');
    await waitFor(() => direct.received() === 'PAST', { what: 'the direct answer' });
    expect(target.heard).not.toContain('two');
    expect(client.state()).toBe('open');
    await proxy.resume();
    await waitFor(() => client.state() === 'ECONNRESET', { what: 'the connection to break' });
  });

  it('breaks connections and refuses new ones while cut, and takes them again after', async () => {
    await proxy.cut();
    await waitFor(() => client.state() === 'ECONNRESET', { what: 'the connection to break' });
    const refused = openClient(proxy.port);
    await waitFor(() => refused.state() === 'ECONNREFUSED', { what: 'a refusal' });
    await proxy.resume();
    const again = openClient(proxy.port);
    again.send('back');
    await waitFor(() => again.received() === 'BACK', { what: 'an answer after resuming' });
  });

  it('passes an orderly end on after the last bytes', async () => {
    client.send('bye');
    client.socket.end();
    await waitFor(() => client.state() === 'ended', { what: 'the end' });
    expect(client.received()).toBe('ONEBYE');
  });

  it('puts itself into a URL and leaves the rest of it', () => {
    expect(proxy.through('postgres://a:b@db.example:5432/x?y=1')).toBe(`postgres://a:b@127.0.0.1:${proxy.port}/x?y=1`);
  });
});
