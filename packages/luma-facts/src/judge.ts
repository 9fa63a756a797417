import { z } from 'zod';
import type { ChangeKind } from './compare.js';
import { type Deviation, isAt } from './deviations.js';
import { type Facts, findDiscriminator, type PartKind, partName, type Shape } from './shape.js';

/** How a request stands to the document. */
export interface Judgement {
  /** `other`: the document does not have the route, and a deviation does. `none`: neither of them. */
  route: 'document' | 'other' | 'none';
  /**
   * One line a problem, in the form and the words of Luma's own refusals: `- event_id: Invalid input: expected string,
   * received undefined`.
   */
  refusals: string[];
  /** Fields that the document does not name, such as `query.page` or `body.guests[].age`. */
  unknownFields: string[];
}

export interface JudgedRequest {
  method: string;
  path: string;
  /** As parsed from the URL: texts, or lists of texts. */
  query: unknown;
  /** As parsed from JSON; undefined for a GET. */
  body: unknown;
}

/**
 * Judges requests by documents alone: it knows nothing of the client, and nothing of what the client is made from.
 *
 * @param later Of a later document, what the deviations with the source `O8` rest on: it judges what they allow.
 */
export function createJudge(
  facts: Facts,
  deviations: readonly Deviation[],
  later: Facts = new Map(),
): (request: JudgedRequest) => Judgement {
  const schemas = new Map<string, z.ZodType>();
  const schemaOf = (part: string, shape: Shape): z.ZodType => {
    const known = schemas.get(part) ?? toZod(shape);
    schemas.set(part, known);
    return known;
  };
  // What is `ours` describes the contract, and sends nothing that the document does not allow.
  const sent = deviations.filter(({ source }) => source !== 'ours');
  const isAllowed = (part: string, path: string, kind: ChangeKind) =>
    sent.some((deviation) => isAt(deviation, part, path, kind));
  return ({ method, path, query, body }) => {
    const part = (kind: PartKind) => partName(method, path, kind);
    const isDocumented = (['answer', 'body', 'query'] as const).some((kind) => facts.has(part(kind)));
    if (!isDocumented && !isAllowed(part('answer'), '', 'added'))
      return { route: 'none', refusals: [], unknownFields: [] };
    const judgement: Judgement = { route: isDocumented ? 'document' : 'other', refusals: [], unknownFields: [] };
    const issuesOf = (name: string, shape: Shape, value: unknown) =>
      schemaOf(name, shape).safeParse(value).error?.issues ?? [];
    for (const kind of method === 'GET' ? (['query'] as const) : (['query', 'body'] as const)) {
      const added = later.get(part(kind));
      const shape = (isDocumented ? facts.get(part(kind)) : added) ?? NOTHING;
      const value = kind === 'query' ? fromText(query ?? {}, added ?? shape) : (body ?? {});
      const refused = issuesOf(`${part(kind)}${isDocumented ? '' : ' later'}`, shape, value).filter(
        (issue) => !isAllowed(part(kind), toTablePath(issue.path), 'widened'),
      );
      // Fields that a later document adds are judged by that document.
      const refusedLater = (
        isDocumented && added !== undefined ? issuesOf(`${part(kind)} later`, added, value) : []
      ).filter((issue) => holdersOf(toTablePath(issue.path)).some((holder) => isAllowed(part(kind), holder, 'added')));
      judgement.refusals.push(...[...refused, ...refusedLater].map(toLine));
      const unknown = findUnknown(shape, value, '').filter((field) => !isAllowed(part(kind), field, 'added'));
      judgement.unknownFields.push(...unknown.map((field) => `${kind}.${field}`));
    }
    return judgement;
  };
}

/** The path and those it lies under: `a[].b`, `a[]`, `a`. */
function holdersOf(path: string): string[] {
  const ends = [...path.matchAll(/\.|\[\]/g)].map(({ index }) => path.slice(0, index));
  return [path, ...ends];
}

/** How an answer stands to what the document says of it. Holds names of fields and no values. */
export function holdAgainst(
  shape: Shape,
  value: unknown,
): { refusals: { path: string; message: string }[]; unknownFields: string[] } {
  const issues = toZod(shape).safeParse(value).error?.issues ?? [];
  return {
    refusals: issues.map(({ path, message }) => ({ path: toTablePath(path), message })),
    unknownFields: findUnknown(shape, value, ''),
  };
}

const toTablePath = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[]`;
    return text === '' ? String(step) : `${text}.${String(step)}`;
  }, '');

const NOTHING: Shape = { type: 'object', fields: {} };

const toLine = ({ path, message }: { path: PropertyKey[]; message: string }): string =>
  `- ${path.length === 0 ? 'body' : path.join('.')}: ${message}`;

/** A schema that allows what the shape allows. Unknown fields pass, as at Luma; they are found apart. */
export function toZod(shape: Shape): z.ZodType {
  const schema = toZodWithoutNull(shape);
  return shape.nullable === true ? schema.nullable() : schema;
}

function toZodWithoutNull(shape: Shape): z.ZodType {
  if (shape.type === 'any') return z.unknown();
  if (shape.type === 'null') return z.null();
  if (shape.type === 'union') return toUnion(Object.values(shape.variants ?? {}));
  if (shape.type === 'object') return toObject(shape);
  if (shape.type === 'array') {
    const list = z.array(toZod(shape.items ?? { type: 'any' }));
    return bounded(list, shape.minItems, shape.maxItems);
  }
  if (shape.enum !== undefined) return toEnum(shape);
  if (shape.type === 'boolean') return z.boolean();
  return shape.type === 'string' ? toText(shape) : toNumber(shape);
}

function toEnum({ enum: values = [] }: Shape): z.ZodType {
  const texts = values.filter((value) => typeof value === 'string');
  return texts.length === values.length && texts.length > 1 ? z.enum(texts) : z.literal([...values]);
}

function toObject(shape: Shape): z.ZodType {
  const fields = Object.entries(shape.fields ?? {}).map(([name, field]) => {
    const schema = toZod(field.shape);
    return [name, field.isRequired ? schema : schema.optional()];
  });
  const object = z.object(Object.fromEntries(fields) as Record<string, z.ZodType>);
  return shape.values === undefined ? object : object.catchall(toZod(shape.values));
}

function toUnion(variants: readonly Shape[]): z.ZodType {
  const discriminator = findDiscriminator(variants);
  const schemas = variants.map(toZod);
  if (discriminator === null) return z.union(schemas);
  return z.discriminatedUnion(discriminator, schemas as [z.ZodObject, ...z.ZodObject[]]);
}

/** Not by `URL.canParse`: once it is optimized, Node 20 refuses each international host that is stored as Latin-1. */
function isUrl(text: string): boolean {
  try {
    return new URL(text) !== null;
  } catch {
    return false;
  }
}

function toText({ format, pattern, minLength, maxLength }: Shape): z.ZodType {
  // The words that Luma's own schemas use for a moment and an address.
  const words =
    format === 'date-time' ? 'Invalid ISO datetime' : format === 'email' ? 'Invalid email address' : undefined;
  let schema = bounded(z.string(), minLength, maxLength);
  if (format === 'uri') schema = schema.refine(isUrl, { error: 'Invalid URL', abort: true });
  return pattern === undefined ? schema : schema.regex(new RegExp(pattern), words);
}

function toNumber({ type, minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Shape): z.ZodType {
  let schema = type === 'integer' ? z.number().int() : z.number();
  if (minimum !== undefined) schema = schema.min(minimum);
  if (maximum !== undefined) schema = schema.max(maximum);
  if (exclusiveMinimum !== undefined) schema = schema.gt(exclusiveMinimum);
  if (exclusiveMaximum !== undefined) schema = schema.lt(exclusiveMaximum);
  return schema;
}

function bounded<T extends z.ZodString | z.ZodArray>(schema: T, min: number | undefined, max: number | undefined): T {
  const above = (min === undefined ? schema : schema.min(min)) as T;
  return (max === undefined ? above : above.max(max)) as T;
}

/** A query has texts alone. A text stands for what the document asks for, where it can. */
function fromText(query: unknown, shape: Shape): unknown {
  if (typeof query !== 'object' || query === null) return query;
  return Object.fromEntries(
    Object.entries(query).map(([name, value]) => [name, fromOne(value, shape.fields?.[name]?.shape)]),
  );
}

function fromOne(value: unknown, shape: Shape | undefined): unknown {
  if (shape?.type === 'array') return [value].flat();
  if (typeof value !== 'string') return value;
  if ((shape?.type === 'number' || shape?.type === 'integer') && value.trim() !== '' && Number.isFinite(Number(value)))
    return Number(value);
  return shape?.type === 'boolean' && ['true', 'false'].includes(value) ? value === 'true' : value;
}

function findUnknown(shape: Shape, value: unknown, path: string): string[] {
  if (Array.isArray(value))
    return [...new Set(value.flatMap((item) => findUnknown(shape.items ?? { type: 'any' }, item, `${path}[]`)))];
  if (typeof value !== 'object' || value === null) return [];
  if (shape.type === 'union') {
    const found = Object.values(shape.variants ?? {}).map((variant) => findUnknown(variant, value, path));
    return found.reduce((a, b) => (b.length < a.length ? b : a), found[0] ?? []);
  }
  if (shape.type !== 'object' || shape.values !== undefined) return [];
  return Object.entries(value).flatMap(([name, under]) => {
    const field = shape.fields?.[name];
    const at = path === '' ? name : `${path}.${name}`;
    if (under === undefined) return [];
    return field === undefined ? [at] : findUnknown(field.shape, under, at);
  });
}
