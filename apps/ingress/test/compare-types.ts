import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { compile, type JSONSchema } from 'json-schema-to-typescript';

export type Json = { [key: string]: Json } | Json[] | string | number | boolean | null;
type Node = { [key: string]: Json };

/**
 * The document in the words of types: a query is text on its way, so its `true` and `false` are booleans; what may hold
 * anything is `unknown`; a field that takes nothing but null is not supported yet, and no field of the client.
 */
function toTypeable(schema: Json, isQuery = false): Json {
  if (Array.isArray(schema)) return schema.map((item) => toTypeable(item));
  if (typeof schema !== 'object' || schema === null) return schema;
  const { description: _, ...says } = schema;
  if (Object.keys(says).length === 0) return { tsType: 'unknown' };
  if (isQuery && JSON.stringify(says.enum) === '["true","false"]') return { type: 'boolean' };
  return Object.fromEntries(
    Object.entries(says).map(([name, value]) => [
      name,
      name === 'properties' ? toFields(value as Node) : toTypeable(value),
    ]),
  );
}

const toFields = (fields: Node, isQuery = false): Node =>
  Object.fromEntries(
    Object.entries(fields)
      .filter(([, schema]) => (schema as Node).type !== 'null')
      .map(([name, schema]) => [name, toTypeable(schema, isQuery)]),
  );

/** One object type with a field for each route, made of what the document says of it. */
export async function toRouteTypes(document: Node): Promise<string> {
  const routes: Node = {};
  for (const [path, methods] of Object.entries(document.paths as { [path: string]: Node })) {
    for (const [method, operation] of Object.entries(methods)) {
      routes[`${method.toUpperCase()} ${path}`] = toRouteSchema(operation as Node);
    }
  }
  const root = {
    ...toObject(routes, Object.keys(routes)),
    title: 'Routes',
    components: { schemas: toFields((document.components as Node).schemas as Node) },
  };
  return compile(root as JSONSchema, 'Routes', {
    additionalProperties: false,
    ignoreMinAndMaxItems: true,
    strictIndexSignatures: false,
    bannerComment: '',
    format: false,
  });
}

const toObject = (properties: Node, required: string[]): Node => ({ type: 'object', properties, required });

function toRouteSchema(operation: Node): Node {
  const parameters = ((operation.parameters ?? []) as Node[]).filter((parameter) => parameter.in === 'query');
  const body = operation.requestBody as
    | { required: boolean; content: { [type: string]: { schema: Json } } }
    | undefined;
  const answers = operation.responses as { [status: string]: { content?: { [type: string]: { schema: Json } } } };
  const answer = Object.entries(answers).find(([status]) => status.startsWith('2'))?.[1];
  const parts: Node = { answer: toTypeable(answer?.content?.['application/json']?.schema ?? { tsType: 'undefined' }) };
  const required = ['answer'];
  if (parameters.length > 0) {
    const names = parameters.filter((parameter) => parameter.required === true).map(({ name }) => String(name));
    parts.query = toObject(
      toFields(Object.fromEntries(parameters.map(({ name, schema }) => [String(name), schema as Json])), true),
      names,
    );
    if (names.length > 0) required.push('query');
  }
  if (body !== undefined) {
    const [content] = Object.values(body.content);
    parts.body = toTypeable(content?.schema ?? {});
    if (body.required) required.push('body');
  }
  return toObject(parts, required);
}

/**
 * Both types have to take each other's values. Optional fields count as fields: without that, a type that lacks one
 * would fit all the same.
 */
const COMPARISON = `
import type { Routes as Client } from './client.js';
import type { Routes as Described } from './document.js';

type Absent = { 'left out': true };
type Anything = { anything: true };
type Explicit<T> = unknown extends T ? Anything
  : T extends string | number | boolean | null | undefined ? T
  : T extends readonly (infer Item)[] ? { items: Explicit<Item> }
  : { [K in keyof T]-?: unknown extends T[K] ? Anything
    : Explicit<Exclude<T[K], undefined>> | ({} extends Pick<T, K> ? Absent : never) };

type Compared<Path extends string, C, D> = [C] extends [D]
  ? [D] extends [C] ? never : Located<Path, C, D, 'the client is narrower'>
  : Located<Path, C, D, 'the client is wider'>;
// The innermost fields that differ, else the whole.
type Located<Path extends string, C, D, How extends string> =
  [Fields<Path, Extract<C, object>, Extract<D, object>>] extends [never]
    ? \`\${Path}: \${How}\`
    : Fields<Path, Extract<C, object>, Extract<D, object>>;
type Fields<Path extends string, C, D> = [C] extends [never] ? never : [D] extends [never] ? never : {
  [K in keyof C | keyof D]-?: K extends keyof C
    ? K extends keyof D
      ? Compared<\`\${Path}.\${K & string}\`, C[K], D[K]>
      : \`\${Path}.\${K & string}: only the client has it\`
    : \`\${Path}.\${K & string}: the client lacks it\`;
}[keyof C | keyof D];

// One property for each difference, which the compiler names when they are missing.
type Differences = {
  [K in keyof Client | keyof Described]: Fields<
    'route',
    Explicit<Pick<Client, K & keyof Client>>,
    Explicit<Pick<Described, K & keyof Described>>
  >;
}[keyof Client | keyof Described];
export const none: { [K in Differences]: 'differs' } = {};
`;

/** @param client Source of a module that exports the type `Routes`. */
export function compareTypes(client: string, described: string): { differences: string[]; output: string } {
  const dir = mkdtempSync(join(tmpdir(), 'client-types-'));
  try {
    writeFileSync(join(dir, 'document.ts'), described);
    writeFileSync(join(dir, 'client.ts'), client);
    writeFileSync(join(dir, 'comparison.ts'), COMPARISON);
    writeFileSync(join(dir, 'package.json'), '{"type":"module"}');
    const options = { strict: true, noEmit: true, module: 'nodenext', skipLibCheck: true, types: [] };
    writeFileSync(
      join(dir, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: { ...options, noErrorTruncation: true }, files: ['comparison.ts'] }),
    );
    const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');
    const { stdout, stderr } = spawnSync(process.execPath, [tsc, '-p', dir, '--pretty', 'false'], { encoding: 'utf8' });
    return { differences: readDifferences(stdout), output: stdout + stderr };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** The compiler lists them as the properties of the type that nothing fits. */
const readDifferences = (output: string): string[] =>
  [...output.matchAll(/"([^"]+)": "differs"/g)].map(([, name = '']) => name).toSorted();
