import { request } from 'node:http';
import { expect, it } from '@jest/globals';
import { createMetrics } from '@luma-sync/runtime';
import { atEnd } from '@luma-sync/testkit';
import express from 'express';
import { errorHandler } from '../http/error-handler.js';
import { listen } from '../http/http-server.js';
import { startContext } from '../http/request-context.js';
import { healthRoutes } from './health-routes.js';

const CALLERS = 50;
const quiet = () => {};
const SILENT = { debug: quiet, info: quiet, warn: quiet, error: quiet };

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

/** Guards against a page whose name was made to lead to this machine: the browser asks under that name. */
it('figures are shown to the machine under its own names alone', async () => {
  const metrics = createMetrics({ app: 'test' });
  const routes = healthRoutes({ checks: {}, metrics, metricsToken: null, isStopping: () => false });
  const app = express().use(startContext, routes, errorHandler(SILENT));
  const server = await listen(app, 0, '127.0.0.1');
  atEnd(() => server.close());
  const ask = (host: string): Promise<number> =>
    new Promise((resolve, reject) => {
      const asked = request({ port: server.port, host: '127.0.0.1', path: '/metrics', headers: { host } }, (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      });
      asked.on('error', reject).end();
    });
  const own = await Promise.all(['localhost', `127.0.0.1:${server.port}`, '[::1]:8080'].map(ask));
  expect(own).toEqual([200, 200, 200]);
  const foreign = await Promise.all(['evil.example', 'localhost.evil.example:8080', '127.0.0.1.evil.example'].map(ask));
  expect(foreign).toEqual([403, 403, 403]);
});
