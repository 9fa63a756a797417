import { expect, it } from '@jest/globals';
import { createMetrics } from '@luma-sync/runtime';
import { atEnd } from '@luma-sync/testkit';
import express from 'express';
import { listen } from '../http/http-server.js';
import { startContext } from '../http/request-context.js';
import { healthRoutes } from './health-routes.js';

const CALLERS = 50;

/** Anybody may ask, without a key and without a limit. */
it('fifty who ask at once whether it is ready cost one query, not fifty', async () => {
  let [asked, looks] = [0, 0];
  let answer = (): void => {};
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const check = () => {
    looks += 1;
    return answered;
  };
  const metrics = createMetrics({ app: 'test' });
  const routes = healthRoutes({
    checks: { postgres: { check } },
    metrics,
    metricsToken: null,
    isStopping: () => false,
  });
  const app = express().use(startContext, routes);
  const server = await listen(
    (request, response) => {
      app(request, response);
      asked += 1;
      if (asked === CALLERS) answer();
    },
    0,
    '127.0.0.1',
  );
  atEnd(() => server.close());
  const ask = () => fetch(`http://127.0.0.1:${server.port}/readyz`).then(({ status }) => status);
  const statuses = await Promise.all(Array.from({ length: CALLERS }, ask));
  expect(statuses).toEqual(Array.from({ length: CALLERS }, () => 200));
  expect(looks).toBe(1);
});
