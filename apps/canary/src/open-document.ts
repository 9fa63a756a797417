import { readFile } from 'node:fs/promises';
import { type Facts, readOpenApi, UnreadableDocumentError } from '@luma-sync/luma-facts';
import { openSafeFetch } from '@luma-sync/safe-fetch';

/** Nothing could be compared. The message is a sentence for a person. */
export class CanaryError extends Error {}

/** The document had 0.3 MB in August 2026. */
const BYTES_MAX = 20 * 1_048_576;
const FETCH_WITHIN_MS = 30_000;

/**
 * The facts of the document in a file or at an address.
 *
 * @throws {CanaryError} when it cannot be read, or is no OpenAPI document.
 */
export async function openDocument(spec: string, allowHosts: readonly string[]): Promise<Facts> {
  const text = await (isAddress(spec) ? fetchText(spec, allowHosts) : readText(spec));
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw new CanaryError(`${spec} is not JSON.`);
  }
  try {
    return readOpenApi(document);
  } catch (error) {
    if (error instanceof UnreadableDocumentError) throw new CanaryError(`${spec}: ${error.message}`);
    throw error;
  }
}

const isAddress = (spec: string): boolean => /^https?:\/\//i.test(spec);

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (code === 'ENOENT') throw new CanaryError(`There is no file ${file}.`);
    throw new CanaryError(`The file ${file} cannot be read (${code ?? 'unknown error'}).`);
  }
}

async function fetchText(address: string, allowHosts: readonly string[]): Promise<string> {
  const fetchPublic = openSafeFetch({
    userAgent: 'luma-sync/0.1',
    allowHosts,
    timeoutMs: FETCH_WITHIN_MS,
  });
  try {
    const signal = AbortSignal.timeout(FETCH_WITHIN_MS);
    const { bytes } = await fetchPublic(address, { bytesMax: BYTES_MAX, accept: 'application/json', signal });
    return Buffer.from(bytes).toString('utf8');
  } catch (error) {
    throw new CanaryError(`${address} cannot be fetched: ${error instanceof Error ? error.message : 'unknown error'}.`);
  }
}
