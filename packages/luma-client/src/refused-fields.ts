import type { RefusedField } from '@luma-sync/jobs';
import { toPresentableWords } from './presentable-words.js';

/** No request of ours has more fields; the rest of a longer answer is not read. */
const LINES_MAX = 50;
const NAME_MAX = 100;

/**
 * The fields that Luma names in a refusal. Seen live: `Invalid request.` and then one line `- field: text` for each
 * problem. A problem within a field has a path for a name (`coordinate.latitude`), of which the field is the first
 * part; the entry of a list has its place (`guests.0.name`).
 */
export function readRefusedFields(message: string, secrets: readonly string[]): RefusedField[] {
  const found = new Map<string, string>();
  for (const line of message.split('\n', LINES_MAX)) {
    const colon = line.indexOf(':');
    if (!line.startsWith('- ') || colon === -1 || colon > NAME_MAX) continue;
    const path = /^[a-z_][\w.[\]]*/.exec(line.slice(2, colon))?.[0];
    if (path !== undefined && !found.has(path)) found.set(path, toPresentableWords(line.slice(colon + 1), secrets));
  }
  return [...found].map(([path, text]) => ({ name: toFirstPart(path), path, message: text }));
}

const toFirstPart = (path: string): string => path.split(/[.[]/, 1)[0] ?? path;
