import { merge } from 'allof-merge';
import { type Reader, toShape } from './from-json-schema.js';
import { type Facts, type Field, partName, type Shape, webhookName } from './shape.js';

type Node = Readonly<Record<string, unknown>>;

/** Something that is no OpenAPI document, or one that cannot be read. The message is a sentence for a person. */
export class UnreadableDocumentError extends Error {}

/** The methods that Luma uses. */
const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/**
 * The facts of a parsed OpenAPI document.
 *
 * @throws {UnreadableDocumentError}
 */
export function readOpenApi(document: unknown): Facts {
  const given = asNode(document);
  if (given === null) throw new UnreadableDocumentError('The document is not a JSON object.');
  if (typeof given.openapi !== 'string' || !given.openapi.startsWith('3.'))
    throw new UnreadableDocumentError('The document is not an OpenAPI 3 document: it has no field "openapi" of 3.x.');
  if (asNode(given.paths) === null) throw new UnreadableDocumentError('The OpenAPI document has no "paths".');
  try {
    return readParts(withoutAllOf(given));
  } catch (error) {
    if (error instanceof RangeError)
      throw new UnreadableDocumentError(`The OpenAPI document is broken: ${error.message}.`);
    throw error;
  }
}

/** A single JSON Schema, read as those of a document are. */
export const readJsonSchema = (schema: object): Shape => {
  const root = withoutAllOf(schema as Node);
  return toShape(root, { root, open: [] });
};

/** `allOf` is written out, so that every schema stands alone. */
function withoutAllOf(document: Node): Node {
  return merge(document, {
    mergeRefSibling: true,
    mergeCombinarySibling: true,
    onMergeError: (message) => {
      throw new RangeError(message);
    },
  }) as Node;
}

function readParts(root: Node): Facts {
  const reader: Reader = { root, open: [] };
  const parts = new Map<string, Shape>();
  for (const [path, item] of entries(root.paths)) {
    for (const method of METHODS) {
      const operation = asNode(asNode(item)?.[method]);
      if (operation === null) continue;
      const name = method.toUpperCase();
      const shared = asList(asNode(item)?.parameters);
      const query = readQuery([...shared, ...asList(operation.parameters)], reader);
      if (name === 'GET' || Object.keys(query.fields ?? {}).length > 0) parts.set(partName(name, path, 'query'), query);
      const body = schemaOf(operation.requestBody);
      if (body !== undefined) parts.set(partName(name, path, 'body'), toShape(body, reader));
      const answer = schemaOf(asNode(operation.responses)?.['200'] ?? asNode(operation.responses)?.default);
      if (answer !== undefined) parts.set(partName(name, path, 'answer'), toShape(answer, reader));
    }
  }
  for (const [type, item] of entries(root.webhooks)) {
    const body = schemaOf(asNode(asNode(item)?.post)?.requestBody);
    if (body !== undefined) parts.set(webhookName(type), toShape(body, reader));
  }
  return new Map([...parts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function readQuery(parameters: readonly unknown[], reader: Reader): Shape {
  const fields: Record<string, Field> = {};
  const inQuery = parameters.map(asNode).filter((parameter) => parameter?.in === 'query');
  for (const parameter of inQuery) {
    if (typeof parameter?.name !== 'string') continue;
    fields[parameter.name] = { shape: toShape(parameter.schema, reader), isRequired: parameter.required === true };
  }
  return { type: 'object', fields: Object.fromEntries(Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1))) };
}

const schemaOf = (holder: unknown): unknown => asNode(asNode(asNode(holder)?.content)?.['application/json'])?.schema;

const asNode = (value: unknown): Node | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Node) : null;
const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const entries = (value: unknown): [string, unknown][] => Object.entries(asNode(value) ?? {});
