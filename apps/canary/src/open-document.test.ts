import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { openDocument } from './open-document.js';

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((close) => close()));
});

const DOCUMENT = { openapi: '3.1.0', paths: { '/v1/a': { get: { parameters: [] } } } };

async function fileWith(text: string): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'canary-'));
  open.push(() => rm(dir, { recursive: true }));
  const file = join(dir, 'openapi.json');
  await writeFile(file, text);
  return file;
}

async function serve(text: string | null, status = 200): Promise<string> {
  const server = createServer((_req, res) => {
    if (text !== null) res.writeHead(status).end(text);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  open.push(
    () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  );
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/openapi.json`;
}

describe('a document', () => {
  it('is read from a file and from an address', async () => {
    const text = JSON.stringify(DOCUMENT);
    for (const spec of [await fileWith(text), await serve(text)])
      expect([...(await openDocument(spec, ['127.0.0.1'])).keys()]).toEqual(['GET /v1/a query']);
  });

  it.each([
    { text: '{"openapi"', sentence: 'is not JSON.' },
    { text: '', sentence: 'is empty.' },
    { text: ' \n', sentence: 'is empty.' },
    { text: 'openapi: 3.1.0\npaths: {}\n', sentence: 'is not JSON. YAML has to be turned into JSON first.' },
    { text: '<html></html>', sentence: 'is not JSON.' },
    { text: '{"openapi":"3.1.0"}', sentence: 'The OpenAPI document has no "paths".' },
    { text: '{"openapi":"3.1.0","paths":[]}', sentence: 'The OpenAPI document has no "paths".' },
    { text: '{"openapi":"3.1.0","paths":{}}', sentence: 'The OpenAPI document has no route.' },
    { text: '{"openapi":"3.1.0","paths":{"/v1/a":{"get":null}}}', sentence: 'The OpenAPI document has no route.' },
    {
      text: `{"openapi":"3.1.0","paths":${'{"a":'.repeat(60_000)}1${'}'.repeat(60_000)}}`,
      sentence: 'nests deeper than 500 levels.',
    },
    { text: '{"swagger":"2.0","paths":{}}', sentence: 'The document is not an OpenAPI 3 document' },
    { text: '[]', sentence: 'The document is not a JSON object.' },
  ])('that is none is told in a sentence: $sentence', async ({ text, sentence }) => {
    await expect(openDocument(await fileWith(text), [])).rejects.toThrow(sentence);
  });

  it('that is not there is told in a sentence', async () => {
    await expect(openDocument('/nowhere/openapi.json', [])).rejects.toThrow('There is no file /nowhere/openapi.json.');
    await expect(openDocument(tmpdir(), [])).rejects.toThrow('cannot be read (EISDIR)');
    await expect(openDocument(await serve('{}'), [])).rejects.toThrow('cannot be fetched: ');
  });

  it('may begin with a byte order mark, and a schema may nest as deep as the bound', async () => {
    const text = `\ufeff${JSON.stringify(DOCUMENT)}`;
    for (const spec of [await fileWith(text), await serve(text)])
      expect([...(await openDocument(spec, ['127.0.0.1'])).keys()]).toEqual(['GET /v1/a query']);
    const nested = `${'{"items":'.repeat(480)}{}${'}'.repeat(480)}`;
    const deep = JSON.stringify({
      openapi: '3.1.0',
      paths: { '/v1/a': { get: { responses: { 200: { content: { 'application/json': { schema: 0 } } } } } } },
    }).replace('"schema":0', `"schema":${nested}`);
    expect([...(await openDocument(await fileWith(deep), [])).keys()]).toEqual(['GET /v1/a answer', 'GET /v1/a query']);
  });

  it('that is too large, or is not answered, is told in a sentence', async () => {
    const large = ' '.repeat(20 * 1_048_576 + 1);
    await expect(openDocument(await fileWith(large), [])).rejects.toThrow('has more than 20971520 bytes.');
    await expect(openDocument(await serve(large), ['127.0.0.1'])).rejects.toThrow('more than 20971520 bytes.');
    await expect(openDocument(await serve('', 404), ['127.0.0.1'])).rejects.toThrow('the host answered 404.');
    await expect(openDocument(await serve(null), ['127.0.0.1'], 200)).rejects.toThrow('did not answer in time');
  });
});
