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

async function serve(text: string): Promise<string> {
  const server = createServer((_req, res) => res.end(text));
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
    ['{"openapi"', 'is not JSON.'],
    ['{"swagger":"2.0","paths":{}}', 'The document is not an OpenAPI 3 document'],
    ['[]', 'The document is not a JSON object.'],
  ])('that is none is told in a sentence: %s', async (text, sentence) => {
    await expect(openDocument(await fileWith(text), [])).rejects.toThrow(sentence);
  });

  it('that is not there is told in a sentence', async () => {
    await expect(openDocument('/nowhere/openapi.json', [])).rejects.toThrow('There is no file /nowhere/openapi.json.');
    await expect(openDocument(tmpdir(), [])).rejects.toThrow('cannot be read (EISDIR)');
    await expect(openDocument(await serve('{}'), [])).rejects.toThrow('cannot be fetched: ');
  });
});
