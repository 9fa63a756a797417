import { readFileSync } from 'node:fs';
import { parseSync } from '@swc/core';
import { readReach } from './network.mjs';

/**
 * What a source file imports, re-exports and loads with `import()`, and how it reaches out of the process.
 *
 * @returns {{ imports: { specifier: string, isType: boolean, line: number }[], reach: ReturnType<typeof readReach> }}
 */
export function readSource(file) {
  const source = readFileSync(file, 'utf8');
  const tree = parseSync(source, { syntax: 'typescript', tsx: file.endsWith('x'), target: 'es2022' });
  const found = [];
  // Where it first stands: the parser's own places count through everything that this process has parsed.
  const lineOf = (specifier) => source.slice(0, Math.max(0, source.search(quoted(specifier)))).split('\n').length;
  walk(tree, (node) => {
    const target = toImport(node);
    if (target !== null) found.push({ ...target, line: lineOf(target.specifier) });
  });
  return { imports: found, reach: readReach(tree) };
}

const quoted = (text) => new RegExp(`['"]${text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')}['"]`);

function toImport(node) {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
      if (node.source == null) return null;
      return { specifier: node.source.value, isType: isTypeOnly(node) };
    case 'TsImportType':
      return { specifier: node.argument.value, isType: true };
    case 'CallExpression': {
      const argument = node.arguments[0]?.expression;
      if (node.callee.type !== 'Import' || argument?.type !== 'StringLiteral') return null;
      return { specifier: argument.value, isType: false };
    }
    default:
      return null;
  }
}

function isTypeOnly({ typeOnly, specifiers = [] }) {
  return typeOnly === true || (specifiers.length > 0 && specifiers.every((specifier) => specifier.isTypeOnly === true));
}

function walk(value, visit) {
  if (Array.isArray(value)) {
    for (const item of value) walk(item, visit);
  } else if (typeof value === 'object' && value !== null) {
    if (typeof value.type === 'string') visit(value);
    for (const item of Object.values(value)) walk(item, visit);
  }
}
