import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, expect, it } from '@jest/globals';
import { atEnd, spawnProcess } from '@luma-sync/testkit';
import type { Death, Poison } from '../plan/poison.js';
import { PreloadFiles } from './preload-files.js';

const PRELOAD = pathToFileURL(join(import.meta.dirname, '../../dist/environment/preload.js'));
const POISON: Poison = { target: 'event', death: 'kill', event: 200, person: '', innocents: [] };
let url = '';
let received: string[] = [];

beforeAll(async () => {
  const server = createServer((request, response) => {
    received.push(`${request.method} ${request.url}`);
    request.resume().once('end', () => response.end('{}'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  atEnd(() => void server.close());
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

/** Sends one request as the Luma client does, in a process with the preload script. */
async function post(death: Death, body: object) {
  received = [];
  const dir = await mkdtemp(join(tmpdir(), 'luma-sync-preload-'));
  atEnd(() => rm(dir, { recursive: true, force: true }));
  const files = new PreloadFiles(dir, PRELOAD);
  const source = `
    const { request: send } = require('node:http');
    const request = send('${url}/v1/events/create', { method: 'POST' }, (answer) => answer.resume());
    request.end(${JSON.stringify(JSON.stringify(body))});
  `;
  const sender = spawnProcess(process.execPath, ['-e', source], { env: files.toEnv({ ...POISON, death }) });
  return { ended: await sender.exited, pid: sender.pid, files };
}

it.each([
  ['kill', { code: null, signal: 'SIGKILL' }],
  ['exit', { code: 7, signal: null }],
  ['memory', { code: null, signal: 'SIGABRT' }],
] as const)('a request about the poison ends its process before anything is sent: %s', async (death, expected) => {
  const { ended, pid, files } = await post(death, { name: 'Gathering 200' });
  expect(ended).toEqual(expected);
  expect(received).toEqual([]);
  expect(files.deaths()).toEqual([{ pid, at: expect.any(Number) }]);
  expect(files.processes()).toEqual([expect.objectContaining({ pid, ppid: process.pid })]);
});

it('any other request is sent', async () => {
  const { ended, files } = await post('kill', { name: 'Gathering 2001' });
  expect(ended).toEqual({ code: 0, signal: null });
  expect(received).toEqual(['POST /v1/events/create']);
  expect(files.deaths()).toEqual([]);
});
