import { describe, expect, it } from '@jest/globals';
import { atEnd } from '@luma-sync/testkit';
import { createMetrics } from '../metrics/metrics.js';
import { startHealthServer } from './health-server.js';
import { PublicProblem, type ReadinessCheck } from './readiness.js';

async function ask(
  checks: Record<string, ReadinessCheck>,
  path: string,
): Promise<{ status: number; type: string | null; body: string }> {
  const metrics = createMetrics({ app: 'test' });
  metrics.counter({ name: 'jobs_total', help: 'Jobs.', labels: ['outcome'] }).inc({ outcome: 'done' });
  const server = await startHealthServer({ port: 0, host: '127.0.0.1', checks, metrics });
  atEnd(() => server.close());
  const answer = await fetch(`http://127.0.0.1:${server.port}${path}`);
  const result = { status: answer.status, type: answer.headers.get('content-type'), body: await answer.text() };
  await server.close();
  return result;
}

const fine: ReadinessCheck = { check: () => {} };
const refused: ReadinessCheck = {
  check: () => Promise.reject(Object.assign(new Error('connect to 10.1.2.3 refused'), { code: 'ECONNREFUSED' })),
};
const silent: ReadinessCheck = { check: () => new Promise(() => {}), limitMs: 10 };

const open = async (over: Partial<Parameters<typeof startHealthServer>[0]> = {}) => {
  const server = await startHealthServer({ port: 0, checks: {}, metrics: createMetrics({ app: 'test' }), ...over });
  atEnd(() => server.close());
  return server;
};

describe('the health server', () => {
  it('answers the machine itself alone, unless it is told an address', async () => {
    const { port } = await open();
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
    // Another address of the same machine, as any of its network would be.
    await expect(fetch(`http://127.0.0.2:${port}/healthz`)).rejects.toThrow();
    const wide = await open({ host: '0.0.0.0' });
    expect((await fetch(`http://127.0.0.2:${wide.port}/healthz`)).status).toBe(200);
  });

  it('with a token shows its figures to who has it, and its health to everybody', async () => {
    const { port } = await open({ metricsToken: 'a-token-for-the-figures' });
    const read = (path: string, authorization = '') =>
      fetch(`http://127.0.0.1:${port}${path}`, { headers: { authorization } }).then(({ status }) => status);
    expect(await read('/metrics')).toBe(401);
    expect(await read('/metrics', 'Bearer another')).toBe(401);
    expect(await read('/metrics', 'Bearer a-token-for-the-figures')).toBe(200);
    expect(await read('/readyz')).toBe(200);
  });
});

describe('/readyz', () => {
  it('is 200 when every check passes', async () => {
    const { status, body } = await ask({ postgres: fine, redis: fine }, '/readyz');
    expect(status).toBe(200);
    expect(JSON.parse(body)).toMatchObject({ status: 'ok', checks: { postgres: { ok: true }, redis: { ok: true } } });
  });

  it('is 503 and names each failing check, without addresses', async () => {
    const { status, body } = await ask({ postgres: refused, redis: silent, queue: fine }, '/readyz');
    expect(status).toBe(503);
    expect(JSON.parse(body)).toMatchObject({
      status: 'unavailable',
      checks: {
        postgres: { ok: false, problem: 'ECONNREFUSED' },
        redis: { ok: false, problem: 'time_limit' },
        queue: { ok: true },
      },
    });
    expect(body).not.toContain('10.1.2.3');
  });

  it('shows the words of a problem that are meant to be shown', async () => {
    const stalled: ReadinessCheck = {
      check: () => {
        throw new PublicProblem('queue events: 37 waiting, nothing finished for 74 s');
      },
    };
    const { status, body } = await ask({ 'queue events': stalled }, '/readyz');
    expect(status).toBe(503);
    expect(JSON.parse(body).checks['queue events'].problem).toBe('queue events: 37 waiting, nothing finished for 74 s');
  });

  it('is 200 and says so when only something optional is missing', async () => {
    const { status, body } = await ask({ postgres: fine, redis: { ...refused, isRequired: false } }, '/readyz');
    expect(status).toBe(200);
    expect(JSON.parse(body)).toMatchObject({ status: 'degraded', checks: { redis: { ok: false } } });
  });
});

describe('/healthz', () => {
  it('is 200 while the process runs, whatever it lacks', async () => {
    expect((await ask({ postgres: refused }, '/healthz')).status).toBe(200);
  });
});

describe('/metrics', () => {
  it('shows our metrics under one prefix beside those of Node', async () => {
    const { type, body } = await ask({}, '/metrics');
    expect(type).toContain('text/plain');
    expect(body).toContain('luma_sync_jobs_total{outcome="done",app="test"} 1');
    expect(body).toContain('process_cpu_seconds_total');
  });
});

it('answers 404 to anything else', async () => {
  expect((await ask({}, '/admin')).status).toBe(404);
});
