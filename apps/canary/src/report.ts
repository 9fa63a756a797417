import type { ChangeKind } from '@luma-sync/luma-facts';
import type { UsedChange } from './find-changes.js';
import type { LiveAnswer } from './read-live.js';

/** Parts named in one line; of more the number is said. */
const PARTS_SHOWN = 4;

/** One line for each change; a change that many parts share is one line. What concerns luma-sync comes first. */
export function describeChanges(changes: readonly UsedChange[]): string[] {
  const groups = new Map<string, { change: UsedChange; parts: Set<string> }>();
  // A sort keeps the order of equals: by part, and by path inside of it.
  for (const change of [...changes].sort((a, b) => Number(b.isTouched) - Number(a.isTouched))) {
    const place = change.path === '' ? toRoute(change.part) : toField(change.path);
    const key = [toMark(change), change.kind, place, change.what].join('\n');
    const group = groups.get(key) ?? { change, parts: new Set() };
    group.parts.add(change.part);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ change, parts }) => toLine(change, [...parts]));
}

function toLine(change: UsedChange, parts: readonly string[]): string {
  const { kind, path, what } = change;
  const head = `${toMark(change).padEnd(7)}${kind.padEnd(9)}`;
  if (path === '') return `${head}${toRoute(parts[0] ?? '')}: ${what}`;
  const shown = parts.slice(0, PARTS_SHOWN).join(', ');
  const more = parts.length > PARTS_SHOWN ? ` and ${parts.length - PARTS_SHOWN} more` : '';
  return `${head}${toField(path)}: ${what} (${shown}${more})`;
}

/** `!` for what is touched; a route is used as a whole. */
function toMark({ isTouched, use, path }: UsedChange): string {
  const word = use === 'unused' ? (isTouched ? 'sent' : '') : path === '' ? 'used' : use;
  return isTouched ? `! ${word}` : word;
}

/** A route comes and goes as a whole. */
const toRoute = (part: string): string => part.replace(/ (?:query|body|answer)$/, '');

/** Where the same record stands in lists, answers and webhooks. */
const toField = (path: string): string => path.replace(/^(?:entries\[\]|data)(?:<[^<>]*>)?\.(?:event\.)?/, '');

export function describeAnswers(answers: readonly LiveAnswer[]): string[] {
  return answers.flatMap(({ route, differences, problem }) => [
    `live   ${route}: ${problem ?? (differences.length === 0 ? 'as documented' : 'read whole')}`,
    ...differences.map((difference) => `         ${difference}`),
  ]);
}

const KINDS = ['added', 'removed', 'narrowed', 'widened', 'changed'] as const satisfies readonly ChangeKind[];

export function lastLine(changes: readonly UsedChange[], liveProblems: number | null): string {
  const counts = KINDS.map((kind) => `${changes.filter((change) => change.kind === kind).length} ${kind}`);
  const touched = changes.filter((change) => change.isTouched).length;
  const live = liveProblems === null ? '' : `; ${liveProblems} of the answers read cannot be read whole`;
  return `canary: ${counts.join(', ')}; ${touched} touch what is sent or read${live}`;
}
