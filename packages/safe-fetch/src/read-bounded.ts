import type { Readable } from 'node:stream';

/** @returns all bytes, or null as soon as there are more than `bytesMax`; then nothing more is read. */
export async function readBounded(stream: Readable, bytesMax: number): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > bytesMax) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
