/*
 * No path around the budget: who may open a connection at all, and who may write the header that carries a Luma key.
 * Files that are not listed serve requests, or send through one of these.
 */

/** Units that reach out by themselves. Tests may, everywhere. */
const mayReachOut = new Set([
  // To Luma; and it cannot send without a slot.
  'luma-client',
  // To addresses that users give; carries no key of ours.
  'safe-fetch',
  // To our own API, from app servers and from the browser.
  'client',
  'console',
  // Play the other side, measure or break things; none of them is part of the service.
  'luma-sim',
  'demo',
  'testkit',
  'bench',
  'chaos',
  'simulation',
]);

const modules = /^(node:(http|https|http2|net|tls|dgram)|undici|axios|node-fetch|ky|superagent|needle|ws)$/;
/** What a server needs of those modules. */
const forServers = new Set(['createServer']);
const globals = new Set(['fetch', 'WebSocket', 'EventSource', 'XMLHttpRequest']);

/**
 * Whose header opens Luma's API, and who may name it: the client that sends it, and those who play, describe or
 * measure.
 */
const keyHeader = 'x-luma-api-key';
const mayNameKeyHeader = new Set(['luma-client', 'luma-contract', 'luma-sim', 'bench']);

/**
 * @param {string} unit name of the package or app
 * @param {{ kind: 'import', specifier: string, names: string[] } | { kind: 'global' | 'text', name: string }} use as
 *   `readReach` found it
 * @returns {string | null} the rule that it breaks
 */
export function judgeReach(unit, use) {
  if (use.kind === 'text') return mayNameKeyHeader.has(unit) ? null : 'only luma-client may send a Luma key';
  if (mayReachOut.has(unit)) return null;
  if (use.kind === 'import' && use.names.every((name) => forServers.has(name))) return null;
  return `${unit} may not open connections: requests to Luma go through luma-client, which cannot send without a slot`;
}

/**
 * The ways out of a process that a parsed source file uses: imports of network modules, network globals, and Luma's key
 * header.
 *
 * @param {object} tree of @swc/core
 */
export function readReach(tree) {
  const found = [];
  visit(tree, null, found);
  return found;
}

/** Names in these places are not references: keys of objects, members, types. */
const notReferences = new Set(['key', 'property', 'typeName', 'imported', 'exported', 'label', 'exprName']);
const globalObjects = new Set(['globalThis', 'global', 'window', 'self']);

function visit(node, place, found) {
  if (Array.isArray(node)) {
    for (const item of node) visit(item, place, found);
    return;
  }
  if (typeof node !== 'object' || node === null) return;
  const use = toUse(node, place);
  if (use !== null) found.push(use);
  for (const [name, child] of Object.entries(node)) visit(child, name, found);
}

function toUse(node, place) {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
      return toImportUse(node);
    case 'CallExpression':
      return toDynamicUse(node);
    case 'MemberExpression':
      return globalObjects.has(node.object.value) && globals.has(node.property.value)
        ? { kind: 'global', name: node.property.value }
        : null;
    case 'Identifier':
      return globals.has(node.value) && !notReferences.has(place) ? { kind: 'global', name: node.value } : null;
    case 'StringLiteral':
      return node.value.toLowerCase() === keyHeader ? { kind: 'text', name: keyHeader } : null;
    default:
      return null;
  }
}

function toImportUse({ source, typeOnly, specifiers = [], type }) {
  if (source == null || typeOnly === true || !modules.test(source.value)) return null;
  const values = specifiers.filter((specifier) => specifier.isTypeOnly !== true);
  if (specifiers.length > 0 && values.length === 0) return null;
  // A namespace or a default brings everything along.
  const names = values.map((one) =>
    one.type === 'ImportSpecifier' || one.type === 'ExportSpecifier'
      ? (one.imported?.value ?? one.orig?.value ?? one.local?.value)
      : '*',
  );
  return { kind: 'import', specifier: source.value, names: type === 'ExportAllDeclaration' ? ['*'] : names };
}

/** `import()`, and the two other doors to built-in modules. */
function toDynamicUse({ callee, arguments: [first] }) {
  const text = first?.expression?.type === 'StringLiteral' ? first.expression.value : null;
  const isDoor =
    callee.type === 'Import' || callee.value === 'require' || callee.property?.value === 'getBuiltinModule';
  return isDoor && text !== null && modules.test(text) ? { kind: 'import', specifier: text, names: ['*'] } : null;
}
