import { open } from 'node:fs/promises';
import { USER_AGENT } from '@luma-sync/luma-client';
import { BODY_DEPTH_MAX, findBeyond } from '@luma-sync/luma-contract';
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
export async function openDocument(
  spec: string,
  allowHosts: readonly string[],
  withinMs = FETCH_WITHIN_MS,
): Promise<Facts> {
  const bytes = await (isAddress(spec) ? fetchBytes(spec, allowHosts, withinMs) : readBytes(spec));
  const document = parse(spec, new TextDecoder().decode(bytes));
  try {
    const facts = readOpenApi(document);
    if (facts.size > 0) return facts;
  } catch (error) {
    if (error instanceof UnreadableDocumentError) throw new CanaryError(`${spec}: ${error.message}`);
    throw error;
  }
  throw new CanaryError(`${spec}: The OpenAPI document has no route.`);
}

const isAddress = (spec: string): boolean => /^https?:\/\//i.test(spec);

function parse(spec: string, text: string): unknown {
  if (text.trim() === '') throw new CanaryError(`${spec} is empty.`);
  // The time to write out `allOf` grows faster than the depth.
  if (findBeyond(text, { depthMax: BODY_DEPTH_MAX }) !== null)
    throw new CanaryError(`${spec} nests deeper than ${BODY_DEPTH_MAX} levels.`);
  try {
    return JSON.parse(text);
  } catch {
    const hint = /^(?:---|#|openapi:)/m.test(text) ? ' YAML has to be turned into JSON first.' : '';
    throw new CanaryError(`${spec} is not JSON.${hint}`);
  }
}

async function readBytes(file: string): Promise<Uint8Array> {
  try {
    const handle = await open(file);
    try {
      const bytes = Buffer.alloc(BYTES_MAX + 1);
      let length = 0;
      for (;;) {
        const { bytesRead } = await handle.read(bytes, length);
        length += bytesRead;
        if (length > BYTES_MAX) throw new CanaryError(`The file ${file} has more than ${BYTES_MAX} bytes.`);
        if (bytesRead === 0) return bytes.subarray(0, length);
      }
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof CanaryError) throw error;
    const { code } = error as { code?: unknown };
    if (code === 'ENOENT') throw new CanaryError(`There is no file ${file}.`);
    throw new CanaryError(`The file ${file} cannot be read (${code ?? 'unknown error'}).`);
  }
}

async function fetchBytes(address: string, allowHosts: readonly string[], withinMs: number): Promise<Uint8Array> {
  const fetchPublic = openSafeFetch({ userAgent: USER_AGENT, allowHosts, timeoutMs: withinMs });
  // Nothing else ends it: the time limit is that of the fetch, which says so in its own words.
  const { signal } = new AbortController();
  try {
    const { bytes } = await fetchPublic(address, { bytesMax: BYTES_MAX, accept: 'application/json', signal });
    return bytes;
  } catch (error) {
    throw new CanaryError(`${address} cannot be fetched: ${error instanceof Error ? error.message : 'unknown error'}.`);
  }
}
