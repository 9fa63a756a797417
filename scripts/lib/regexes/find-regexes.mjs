import { readFileSync } from 'node:fs';
import { parseSync } from '@swc/core';

/**
 * Every regular expression that a source file writes: literals, and `new RegExp`.
 *
 * @returns {{ source: string | null, flags: string, line: number }[]} `source` is null where it is put together at run
 *   time.
 */
export function findRegexes(file) {
  const text = readFileSync(file, 'utf8');
  const tree = parseSync(text, { syntax: 'typescript', tsx: file.endsWith('x'), target: 'es2022' });
  const found = [];
  walk(tree, (node) => {
    if (node.type === 'RegExpLiteral') found.push({ source: node.pattern, flags: node.flags });
    const isMade = node.type === 'NewExpression' || node.type === 'CallExpression';
    if (isMade && node.callee.type === 'Identifier' && node.callee.value === 'RegExp') found.push(fromCall(node));
  });
  return found.map((regex) => ({ ...regex, line: lineOf(text, regex) }));
}

function fromCall({ arguments: given }) {
  const [source, flags] = (given ?? []).map(({ expression }) => expression);
  const isPlain = source?.type === 'StringLiteral' && (flags === undefined || flags.type === 'StringLiteral');
  return isPlain ? { source: source.value, flags: flags?.value ?? '' } : { source: null, flags: '' };
}

/** Where it first stands: the parser's own places count through everything that this process has parsed. */
function lineOf(text, { source }) {
  const at = source === null ? text.indexOf('RegExp(') : text.indexOf(source);
  return text.slice(0, Math.max(0, at)).split('\n').length;
}

function walk(value, visit) {
  if (Array.isArray(value)) {
    for (const item of value) walk(item, visit);
  } else if (typeof value === 'object' && value !== null) {
    if (typeof value.type === 'string') visit(value);
    for (const item of Object.values(value)) walk(item, visit);
  }
}
