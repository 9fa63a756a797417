import { describe, expect, it } from '@jest/globals';
import { ConfigError } from './config-error.js';
import { environment } from './environment.js';
import { parseConfig } from './parse-config.js';

const key = Buffer.alloc(32, 7).toString('base64');
const complete = {
  DATABASE_URL: 'postgres://u:p@db:5432/x',
  REDIS_URL: 'redis://cache:6379',
  ENCRYPTION_KEY: key,
  PUBLIC_URL: 'https://sync.example.org/',
  RESEND_API_KEY: 're_123',
  MAIL_FROM: 'Events <events@example.org>',
  OPERATOR_PASSWORD: 'correct horse battery',
};

function problemsOf(env: Record<string, string>): Record<string, string> {
  try {
    parseConfig(environment, env);
  } catch (error) {
    if (error instanceof ConfigError)
      return Object.fromEntries(error.problems.map(({ variable, problem }) => [variable, problem]));
    throw error;
  }
  return {};
}

describe('parseConfig', () => {
  it('fills in what has a default and turns texts into what they mean', () => {
    expect(parseConfig(environment, complete)).toMatchObject({
      PORT: 8080,
      PUBLIC_URL: 'https://sync.example.org',
      LUMA_API_BASE_URL: 'https://public-api.luma.com',
      LUMA_RATE_LIMIT_PER_MINUTE: 200,
      LUMA_RATE_LIMIT_HEADROOM: 10,
      LOG_LEVEL: 'info',
    });
    expect(parseConfig(environment, { ...complete, PORT: '0' }).PORT).toBe(0);
  });

  it('names every problem at once, each on a line of its own with what to do', () => {
    const failure = (() => {
      try {
        return parseConfig(environment, { ...complete, DATABASE_URL: 'mysql://x', PORT: '80.5', REDIS_URL: ' ' });
      } catch (error) {
        return error;
      }
    })();
    expect(String(failure)).toBe(
      [
        'ConfigError: the configuration has 3 problems:',
        '  DATABASE_URL must be a URL that begins with postgres:// or postgresql://',
        '  REDIS_URL is missing: the address of Redis, such as redis://host:6379, or a cluster’s nodes, ' +
          'comma-separated',
        '  PORT must be a whole number from 0 to 65535',
      ].join('\n'),
    );
  });

  it('never repeats a value, which may be a secret', () => {
    const wrong = Object.fromEntries(Object.keys(environment.shape).map((name) => [name, 'hunter2']));
    const problems = problemsOf(wrong);
    expect(Object.keys(problems)).toContain('ENCRYPTION_KEY');
    expect(JSON.stringify(problems)).not.toContain('hunter2');
  });

  it('takes an empty variable as one that is missing', () => {
    expect(problemsOf({ ...complete, ENCRYPTION_KEY: '' }).ENCRYPTION_KEY).toMatch(
      /^is missing: .*openssl rand -base64 32$/,
    );
    expect(parseConfig(environment, { ...complete, PORT: '' }).PORT).toBe(8080);
  });

  it.each([
    ['REDIS_URL', 'redis://a:1,redis://b:2,rediss://c:3', true],
    ['REDIS_URL', 'redis://a:1,b:2', false],
    ['ENCRYPTION_KEY', `${key}, ${key}`, true],
    ['ENCRYPTION_KEY', Buffer.alloc(31).toString('base64'), false],
    ['ENCRYPTION_KEY', `${key},`, false],
    ['MAIL_FROM', 'events@example.org', true],
    ['MAIL_FROM', 'Events <events>', false],
    ['MAIL_FROM', 'Acme, Events <events@example.org>', false],
    ['MAIL_FROM', 'Acme: Events <events@example.org>', false],
    ['MAIL_FROM', 'Acme (Events) <events@example.org>', false],
    ['MAIL_FROM', 'Acme [Events] <events@example.org>', false],
    ['MAIL_FROM', 'Acme; Events <events@example.org>', false],
    ['MAIL_FROM', 'Acme "Events <events@example.org>', false],
    ['MAIL_FROM', 'Events <events@example..org>', false],
    ['MAIL_FROM', 'Events <events@example.org>, Other <other@example.org>', false],
    ['MAIL_FROM', 'events@example.org, other@example.org', false],
    ['MAIL_FROM', '"Acme, \\"Events\\"" <events@example.org>', true],
    ['MAIL_FROM', 'Größe & Söhne Inc. <events+x@mail.example.org>', true],
    ['MAIL_FROM', '<events@example.org>', true],
    ['MAIL_FROM', 'Events <a@b.c>\r\nBcc: x@y.z', false],
    ['LUMA_RATE_LIMIT_PER_MINUTE', '0', false],
    ['LUMA_RATE_LIMIT_PER_MINUTE', '1e3', false],
    ['PUBLIC_URL', 'sync.example.org', false],
    // The address of a webhook, by the calendar's name or id: those of others would be put behind it.
    ['PUBLIC_URL', 'https://sync.example.org/webhooks/luma/default', false],
    ['PUBLIC_URL', 'https://sync.example.org/webhooks/luma/', false],
    ['PUBLIC_URL', 'https://example.org/sync', true],
    ['LOG_LEVEL', 'loud', false],
    ['OPERATOR_PASSWORD', 'short', false],
    // These travel in a header, where a space or a curly quote would make every request fail.
    ['BOOTSTRAP_API_KEY', 'correct horse battery staple', false],
    ['BOOTSTRAP_API_KEY', 'x'.repeat(301), false],
    ['BOOTSTRAP_API_KEY', 'correct-horse-battery-staple', true],
    ['LUMA_API_KEY', '“secret-abc”', false],
    ['RESEND_API_KEY', 're_ abc', false],
    ['OPERATOR_PASSWORD', 'pässword with spaces', true],
  ])('%s=%s: accepted %s', (name, value, isAccepted) => {
    expect(problemsOf({ ...complete, [name]: value })[name] === undefined).toBe(isAccepted);
  });

  it.each([
    [{ LUMA_RATE_LIMIT_PER_MINUTE: '10' }, false],
    [{ LUMA_RATE_LIMIT_PER_MINUTE: '11' }, true],
    [{ LUMA_RATE_LIMIT_HEADROOM: '200' }, false],
    [{ LUMA_RATE_LIMIT_HEADROOM: '50', LUMA_RATE_LIMIT_PER_MINUTE: '60' }, true],
  ])('a headroom that leaves no request to send is refused: %j', (limits, isAccepted) => {
    const { LUMA_RATE_LIMIT_HEADROOM: problem } = problemsOf({ ...complete, ...limits } as Record<string, string>);
    expect(problem).toBe(
      isAccepted ? undefined : 'must be below LUMA_RATE_LIMIT_PER_MINUTE: else no request may ever be sent',
    );
    // Beside the other problems, not after them.
    if (!isAccepted)
      expect(Object.keys(problemsOf({ ...complete, ...limits, PORT: 'x' } as Record<string, string>))).toEqual([
        'PORT',
        'LUMA_RATE_LIMIT_HEADROOM',
      ]);
  });

  it('lets an app pick what it reads and add its own', () => {
    const config = parseConfig(environment.pick({ REDIS_URL: true, LOG_LEVEL: true }), {
      REDIS_URL: 'redis://x',
      LOG_LEVEL: 'warn',
      OTHER: 'y',
    });
    expect(config).toEqual({ REDIS_URL: 'redis://x', LOG_LEVEL: 'warn' });
  });
});
