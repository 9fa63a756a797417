import { describe, expect, it } from '@jest/globals';
import { toReadable } from './console-stream.js';
import { createLogger, type Logger } from './logger.js';

function openLog(): { log: Logger; lines: () => Record<string, unknown>[]; text: () => string } {
  let text = '';
  const write = (line: string): void => {
    text += line;
  };
  const log = createLogger({ app: 'test', level: 'debug', destination: { write } });
  return {
    log,
    text: () => text,
    lines: () =>
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
  };
}

/** What got's errors look like: the request, with its key and its body, hangs on them. */
function clientError(): Error {
  const cause = new Error('socket hang up for eve@example.org');
  return Object.assign(new Error('Request to https://user:hunter2@api.example/guests failed', { cause }), {
    code: 'ECONNRESET',
    options: {
      headers: { 'x-luma-api-key': 'secret-abcdefghijklmnop' },
      json: { guests: [{ email: 'eve@example.org' }] },
    },
  });
}

describe('createLogger', () => {
  it('writes one line of JSON with app, level by name and an ISO time', () => {
    const { log, lines } = openLog();
    log.info({ eventId: 'e1', outcome: 'done', durationMs: 12 }, 'event pushed');
    expect(lines()).toEqual([
      {
        level: 'info',
        time: expect.stringMatching(/^\d{4}-.*Z$/),
        app: 'test',
        eventId: 'e1',
        outcome: 'done',
        durationMs: 12,
        msg: 'event pushed',
      },
    ]);
  });

  it.each<[string, (log: Logger) => void]>([
    ['in a field', (log) => log.info({ email: 'eve@example.org', apiKey: 'hunter2' }, 'x')],
    ['deep in a field', (log) => log.info({ a: { b: [{ rawBody: 'eve@example.org', password: 'hunter2' }] } }, 'x')],
    ['in a child’s bindings', (log) => log.child({ guest: { email: 'eve@example.org', token: 'hunter2' } }).info('x')],
    ['in an error and what hangs on it', (log) => log.error({ err: clientError() }, 'x')],
    ['in an error logged alone', (log) => log.error(clientError())],
    ['in the message', (log) => log.warn('no answer for eve@example.org from redis://u:hunter2@host')],
    [
      'in a check-in address',
      (log) => log.info({ at: 'https://luma.com/check-in/evt-1?pk=hunter2' }, 'pk: ?pk=hunter2'),
    ],
    ['in bytes', (log) => log.info({ raw: Buffer.from('eve@example.org hunter2') }, 'x')],
  ])('lets no address and no secret out %s', (_, act) => {
    const { log, text } = openLog();
    act(log);
    expect(text()).not.toBe('');
    expect(text()).not.toMatch(/eve@example|hunter2|abcdefghijklmnop/);
  });

  it('keeps what tells an error apart: name, code, message, stack and cause', () => {
    const { log, lines } = openLog();
    log.error({ err: clientError() }, 'push failed');
    expect(lines()[0]?.err).toEqual({
      name: 'Error',
      code: 'ECONNRESET',
      message: 'Request to https://[secret]@api.example/guests failed',
      stack: expect.stringContaining('logger.test'),
      cause: expect.objectContaining({ message: 'socket hang up for [mail]' }),
    });
  });

  it('keeps the paths of a stack: the folder luma-sync, and packages with their versions', () => {
    const { log, lines } = openLog();
    const at =
      '/home/ana/luma-sync/packages/queue/dist/run.js:25:24 /home/ana/luma-sync/node_modules/.pnpm/bullmq@6.0.1/x.js';
    log.info({ at }, 'x');
    expect(lines()[0]?.at).toBe(at);
  });

  it.each([
    ['of a webhook', 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
    ['of Luma', 'secret-Ab3dEf6hIj9kLmNoPq'],
    ['of the mail provider', 're_Ab3dEf6hIj9kLmNoPq'],
    ['of ours', 'lsk_Ab3dEf6hIj9kLmNoPqRsTuVwXyZ0123456789abcdefghijk'],
    ['of ours, in the earlier form', 'ls_live_Ab3dEf6hIj9kLmNoPq'],
  ])('hides a key %s within a text', (_of, key) => {
    const { log, text } = openLog();
    log.info({ why: `refused: ${key} (401)` }, 'x');
    expect(text()).toContain('refused: [secret] (401)');
  });

  it('ends with a field that refers to itself', () => {
    const { log, lines } = openLog();
    const loop: Record<string, unknown> = { id: 1 };
    loop.self = loop;
    log.info({ loop }, 'x');
    expect(lines()).toHaveLength(1);
  });
});

describe('toReadable', () => {
  it('puts time, level, app, message and fields on one line', () => {
    const line = JSON.stringify({
      level: 'info',
      time: '2030-01-02T03:04:05.678Z',
      app: 'relay',
      job: 'event.push',
      n: 2,
      msg: 'dispatched',
    });
    expect(toReadable(line)).toBe('03:04:05.678 info  relay: dispatched job=event.push n=2\n');
  });
});
