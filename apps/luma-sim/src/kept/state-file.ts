import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { deserialize, serialize } from 'node:v8';

/** Raise it when `Snapshot` or a record in `state/records.ts` changes its form: an older file is then set aside. */
const FORMAT = 1;
const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const headerOf = (body: Uint8Array): string => `luma-sim ${FORMAT} ${hashOf(body)}\n`;

export type StateRead<T> =
  | { kind: 'none' }
  | { kind: 'read'; value: T }
  /** The file could not be read. It lies under another name now. */
  | { kind: 'set-aside'; path: string; reason: string };

/**
 * Reads what `writeState` wrote. A file that is damaged, or of another format, is renamed and never deleted.
 *
 * @throws when a damaged file cannot be renamed
 */
export function readState<T>(path: string, now: Date): StateRead<T> {
  try {
    return { kind: 'read', value: parse(readFileSync(path)) as T };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { kind: 'none' };
    const aside = `${path}.unreadable-${now.toISOString().replace(/[-:.]/g, '')}`;
    renameSync(path, aside);
    return { kind: 'set-aside', path: aside, reason: error instanceof Error ? error.message : 'unknown error' };
  }
}

/** Replaces the file in one step: a process that is killed leaves the former state or this one, never a half. */
export async function writeState(path: string, value: unknown): Promise<void> {
  const body = serialize(value);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const next = `${path}.new`;
  // It holds keys and addresses: for its owner alone.
  const file = await open(next, 'w', 0o600);
  try {
    await file.writeFile(Buffer.concat([Buffer.from(headerOf(body)), body]));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(next, path);
}

function parse(bytes: Buffer): unknown {
  const end = bytes.indexOf('\n');
  const body = bytes.subarray(end + 1);
  const [name, format] = bytes.subarray(0, Math.max(0, end)).toString('latin1').split(' ');
  if (name !== 'luma-sim') throw new Error('not a state of the simulator');
  if (format !== String(FORMAT)) throw new Error(`format ${format}, this simulator writes ${FORMAT}`);
  if (bytes.subarray(0, end + 1).toString('latin1') !== headerOf(body)) throw new Error('incomplete or damaged');
  return deserialize(body);
}
