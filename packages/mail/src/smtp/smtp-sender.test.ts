import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from '@jest/globals';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { createSmtpSender } from './smtp-sender.js';

const mail = { to: 'person@example.org', subject: 'Grüße', html: '<p>Hi</p>', text: 'Hi', idempotencyKey: 'coupon-1' };
const never = new AbortController().signal;
let stop = async (): Promise<void> => {};

afterEach(() => stop());

/** A mail server on a free port, without TLS, and a sender that uses it. */
async function open(options: SMTPServerOptions = {}, { login = '', timeoutMs = 5_000 } = {}) {
  const taken: { envelope: { from: string; to: string[] }; content: string }[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    onData: (stream, session, done) => {
      const { mailFrom, rcptTo } = session.envelope;
      const from = mailFrom === false ? '' : mailFrom.address;
      void readText(stream).then((content) => {
        taken.push({ envelope: { from, to: rcptTo.map(({ address }) => address) }, content });
        done();
      });
    },
    ...options,
  });
  server.on('error', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  stop = () => new Promise((resolve) => server.close(() => resolve()));
  const url = `smtp://${login}127.0.0.1:${(server.server.address() as AddressInfo).port}`;
  return { taken, server, sender: createSmtpSender({ url, from: 'Luma Sync <mail@example.com>', timeoutMs }) };
}

const refusal = (responseCode: number) => Object.assign(new Error('person@example.org is refused'), { responseCode });

describe('the SMTP sender', () => {
  it('hands over HTML and text, and names the mail by its key', async () => {
    const { taken, sender } = await open();
    const { providerId } = await sender.send(mail, never);
    expect(providerId).toMatch(/^<[0-9a-f]{32}@example\.com>$/);
    expect(taken).toHaveLength(1);
    expect(taken[0]?.envelope).toEqual({ from: 'mail@example.com', to: ['person@example.org'] });
    for (const part of [`Message-ID: ${providerId}`, 'text/plain', 'text/html', 'Luma Sync <mail@example.com>'])
      expect(taken[0]?.content).toContain(part);
    await expect(sender.send({ ...mail, subject: 'again' }, never)).resolves.toEqual({ providerId });
  });

  it('logs in with the credentials of the address', async () => {
    const seen: unknown[] = [];
    const { sender } = await open(
      {
        authOptional: false,
        onAuth: ({ username, password }, _session, done) => {
          seen.push([username, password]);
          done(null, { user: username });
        },
      },
      { login: 'events%40example.com:p%3Ass@' },
    );
    await sender.send(mail, never);
    expect(seen).toEqual([['events@example.com', 'p:ss']]);
  });

  it.each([
    ['a wrong login', 'mail.auth_failed', 'account', { onAuth: (_a, _s, done) => done(refusal(535)) }, 'a:b@'],
    [
      'a sender it does not take',
      'mail.sender_refused',
      'account',
      { onMailFrom: (_a, _s, done) => done(refusal(553)) },
    ],
    ['greylisting', 'mail.deferred', 'job', { onRcptTo: (_a, _s, done) => done(refusal(450)) }],
    ['a full disk after the content', 'mail.deferred', 'job', { onData: refuseContent(452) }],
    ['too many connections', 'mail.deferred', 'account', { onConnect: (_s, done) => done(refusal(421)) }],
  ] satisfies [string, string, string, SMTPServerOptions, string?][])(
    'a mail that was not taken for %s waits: %s',
    async (_, code, scope, options, login = '') => {
      const { sender } = await open(options, { login });
      await expect(sender.send(mail, never)).rejects.toMatchObject({ verdict: 'wait', code, scope });
    },
  );

  it.each([
    ['the recipient', { onRcptTo: (_a, _s, done) => done(refusal(550)) }],
    ['the content', { onData: refuseContent(554) }],
  ] satisfies [string, SMTPServerOptions][])(
    'a permanent refusal of %s is final and quotes no address',
    async (_, options) => {
      const { sender } = await open(options);
      const error = await sender.send(mail, never).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ verdict: 'fail', code: 'mail.rejected' });
      expect(String(error)).not.toContain('person@');
    },
  );

  it('a server that is not there has not taken the mail', async () => {
    const { sender } = await open();
    await stop();
    stop = async () => {};
    await expect(sender.send(mail, never)).rejects.toMatchObject({ verdict: 'wait', code: 'mail.deferred' });
  });

  it('a connection that is lost before the content proves that the mail was not taken', async () => {
    const { sender, server } = await open({ onRcptTo: () => cutAll(server) });
    await expect(sender.send(mail, never)).rejects.toMatchObject({ verdict: 'wait', code: 'mail.deferred' });
  });

  it('a connection that is lost after the content leaves the outcome open, for good', async () => {
    const { sender, server } = await open({
      onData: (stream) => {
        void readText(stream).then(() => cutAll(server));
      },
    });
    await expect(sender.send(mail, never)).rejects.toMatchObject({ verdict: 'fail', code: 'mail.outcome_open' });
    expect(sender.repeatLimitMs).toBe(0);
  });

  it('no answer in time after the content leaves the outcome open', async () => {
    const { sender } = await open({ onData: (stream) => void stream.resume() }, { timeoutMs: 500 });
    await expect(sender.send(mail, never)).rejects.toMatchObject({ code: 'mail.outcome_open' });
  });

  it('a stop before the content interrupts, a stop after it leaves the outcome open', async () => {
    const stopping = new AbortController();
    const { sender } = await open({ onRcptTo: () => stopping.abort() });
    await expect(sender.send(mail, stopping.signal)).rejects.toMatchObject({ code: 'operation.interrupted' });
    await expect(sender.send(mail, stopping.signal)).rejects.toMatchObject({ code: 'operation.interrupted' });
    await stop();
    const late = new AbortController();
    const second = await open({
      onData: (stream) => {
        void readText(stream).then(() => late.abort());
      },
    });
    await expect(second.sender.send(mail, late.signal)).rejects.toMatchObject({ code: 'mail.outcome_open' });
  });

  it('no password goes over a connection without TLS', async () => {
    const { server } = await open();
    const { port } = server.server.address() as AddressInfo;
    const sender = createSmtpSender({ url: `smtp://a:b@127.0.0.2:${port}`, from: 'mail@example.com' });
    await expect(sender.send(mail, never)).rejects.toMatchObject({ verdict: 'wait' });
  });
});

function refuseContent(status: number): NonNullable<SMTPServerOptions['onData']> {
  return (stream, _session, done) => void readText(stream).then(() => done(refusal(status)));
}

function cutAll(server: SMTPServer): void {
  for (const connection of server.connections) (connection as { _socket: { destroy(): void } })._socket.destroy();
}
