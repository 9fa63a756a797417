import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { ingressEnvironment } from '../apps/ingress/src/config.js';
import { mailWorkerEnvironment } from '../apps/mail-worker/src/config.js';
import { relayEnvironment } from '../apps/relay/src/config.js';
import { parseConfig } from '../packages/runtime/src/index.js';
import { workerEnvironment } from '../packages/worker/src/index.js';

const root = join(import.meta.dirname, '..');
const text = readFileSync(join(root, 'docker-compose.yml'), 'utf8');
const { services } = parse(text, { merge: true });
const example = parseEnv(readFileSync(join(root, '.env.example'), 'utf8'));

/** What each app of the project reads, by the service that runs it. */
const environments = {
  ingress: ingressEnvironment,
  relay: relayEnvironment,
  'event-worker': workerEnvironment,
  'guest-worker': workerEnvironment,
  'drift-worker': workerEnvironment,
  'mail-worker': mailWorkerEnvironment,
};

const filledIn = {
  POSTGRES_PASSWORD: 'abc123',
  REDIS_PASSWORD: 'def456',
  ENCRYPTION_KEY: Buffer.alloc(32, 1).toString('base64'),
  PUBLIC_URL: 'https://sync.example.org',
  OPERATOR_PASSWORD: 'correct horse battery',
  RESEND_API_KEY: 're_1',
  MAIL_FROM: 'Events <events@example.org>',
};

/** What Compose does with `${NAME:-default}` and `${NAME:?what to do}`. */
function interpolate(value, env) {
  return String(value).replace(/\$\{(\w+):([-?])([^}]*)\}/g, (_, name, kind, rest) => {
    if (env[name]) return env[name];
    if (kind === '?') throw new Error(`${name}: ${rest}`);
    return rest;
  });
}

const environmentOf = (service, env = filledIn) =>
  Object.fromEntries(
    Object.entries(services[service].environment).map(([name, value]) => [name, interpolate(value, env)]),
  );

describe('docker-compose.yml', () => {
  it('runs Postgres, Redis, migrations, ingress, relay and each worker', () => {
    expect(Object.keys(services)).toEqual(['postgres', 'redis', 'migrate', ...Object.keys(environments)]);
  });

  it.each(['migrate', ...Object.keys(environments)])('%s runs a program that exists', (name) => {
    const [node, entry] = services[name].command;
    expect(node).toBe('node');
    const source = entry.replace('/dist/', '/src/').replace(/\.js$/, '.ts');
    expect({ source, exists: existsSync(join(root, source)) }).toEqual({ source, exists: true });
  });

  it.each(Object.entries(environments))(
    '%s gets every variable it reads, and starts with what .env has to hold',
    (name, schema) => {
      expect(Object.keys(environmentOf(name)).sort()).toEqual(Object.keys(schema.shape).sort());
      expect(() => parseConfig(schema, environmentOf(name))).not.toThrow();
    },
  );

  // Compose cannot tell that an SMTP server is used instead: mail-worker itself names the missing key.
  const required = Object.keys(filledIn).filter((name) => name !== 'RESEND_API_KEY');
  it.each(required)('refuses to start without %s, and says what to do', (name) => {
    const without = { ...filledIn, [name]: '' };
    const start = () =>
      Object.keys(services).map((service) => services[service].environment && environmentOf(service, without));
    expect(start).toThrow(new RegExp(`^${name}: set ${name} in \\.env, `));
  });

  it('opens ingress alone to the outside', () => {
    const open = Object.keys(services).filter((name) => services[name].ports !== undefined);
    expect(open).toEqual(['ingress']);
  });

  it('asks for a password at Redis, and gives it to every process and to the health check', () => {
    const { command, environment, healthcheck } = services.redis;
    const last = interpolate(command.at(-1), filledIn);
    expect([command.at(-2), last]).toEqual(['--requirepass', filledIn.REDIS_PASSWORD]);
    expect(interpolate(environment.REDISCLI_AUTH, filledIn)).toBe(filledIn.REDIS_PASSWORD);
    expect(healthcheck.test.join(' ')).toContain('grep -q PONG');
    for (const name of Object.keys(environments))
      expect(new URL(environmentOf(name).REDIS_URL).password).toBe(filledIn.REDIS_PASSWORD);
  });

  it('keeps the queues’ keys in Redis, whatever the memory', () => {
    expect(services.redis.command.join(' ')).toContain('--maxmemory-policy noeviction');
    expect(services.redis.command.join(' ')).toContain('--appendonly yes');
  });

  it.each(Object.keys(environments))(
    '%s starts when the database is migrated, has a health check and time to close',
    (name) => {
      expect(services[name].depends_on.migrate).toEqual({ condition: 'service_completed_successfully' });
      expect(services[name].depends_on.postgres).toEqual({ condition: 'service_healthy' });
      expect(services[name].healthcheck.test.join(' ')).toContain(
        `127.0.0.1:${services[name].environment.PORT}/readyz`,
      );
      expect(services[name].stop_grace_period).toBe('30s');
    },
  );
});

describe('.env.example', () => {
  it('names each variable that an app or Compose reads, and no other', () => {
    const inCompose = [...text.matchAll(/\$\{(\w+)/g)].map(([, name]) => name);
    const inApps = Object.values(environments).flatMap((schema) => Object.keys(schema.shape));
    expect(Object.keys(example).sort()).toEqual([...new Set([...inCompose, ...inApps])].sort());
  });

  it('holds no values: a secret that is in the project is none', () => {
    expect(Object.values(example).filter((value) => value !== '')).toEqual([]);
  });

  it('explains each variable right above it, alone or with its like', () => {
    const lines = readFileSync(join(root, '.env.example'), 'utf8').split('\n');
    const bare = lines.filter((line, index) => /^\w+=/.test(line) && !/^(# |\w+=)/.test(lines[index - 1] ?? ''));
    expect(bare).toEqual([]);
  });
});

describe('LICENSE', () => {
  it('is the text of the licence that package.json names', () => {
    const { license } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    expect(readFileSync(join(root, 'LICENSE'), 'utf8')).toMatch(new RegExp(`^${license} License\\n`));
  });
});
