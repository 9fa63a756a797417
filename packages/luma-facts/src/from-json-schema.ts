import {
  type Field,
  findDiscriminator,
  type Limits,
  NUMERIC_LIMITS,
  type Scalar,
  type Shape,
  type ShapeType,
} from './shape.js';
import { labelsOf } from './variants.js';

/** Any JSON Schema, as parsed. */
export type JsonSchema = Readonly<Record<string, unknown>>;

const TYPES: ReadonlySet<string> = new Set(['object', 'array', 'string', 'number', 'integer', 'boolean', 'null']);

export interface Reader {
  /** The document that `$ref` points into. */
  root: unknown;
  /** References being read: one that names itself again is read as anything. */
  open: readonly string[];
}

/**
 * Reads a schema without `allOf` (see `readOpenApi`). What it says in another way than the table does is said in the
 * table's way.
 */
export function toShape(schema: unknown, reader: Reader): Shape {
  if (typeof schema !== 'object' || schema === null) return { type: 'any' };
  const { $ref, ...beside } = schema as JsonSchema;
  if (typeof $ref === 'string') {
    if (reader.open.includes($ref)) return { type: 'any' };
    const target = resolve(reader.root, $ref);
    return toShape({ ...(target as object), ...beside }, { ...reader, open: [...reader.open, $ref] });
  }
  const alternatives = asList(beside.anyOf) ?? asList(beside.oneOf);
  const shape = alternatives === null ? toPlain(beside, reader) : toUnion(alternatives, reader);
  return beside.nullable === true ? { ...shape, nullable: true } : shape;
}

function toPlain(schema: JsonSchema, reader: Reader): Shape {
  const types = [schema.type].flat().filter((type): type is string => typeof type === 'string' && TYPES.has(type));
  const given = types.filter((type) => type !== 'null');
  if (given.length > 1) {
    return toUnion(
      types.map((type) => ({ ...schema, type })),
      reader,
    );
  }
  const nullable = types.includes('null') && given.length === 1 ? { nullable: true as const } : {};
  const values = 'const' in schema ? [schema.const] : asList(schema.enum);
  const type = (given[0] ?? types[0] ?? guessType(schema, values)) as ShapeType;
  const limits = toLimits(schema, type, values);
  if (type === 'array') return { type, ...nullable, ...limits, items: toShape(schema.items ?? {}, reader) };
  if (type !== 'object') return { type, ...nullable, ...limits };
  return { type, ...nullable, ...toObject(schema, reader) };
}

/** A schema may leave its type to be seen from the rest. */
function guessType(schema: JsonSchema, values: readonly unknown[] | null): string {
  if (schema.properties !== undefined) return 'object';
  if (schema.items !== undefined) return 'array';
  const first = values?.[0];
  return first === undefined ? 'any' : first === null ? 'null' : typeof first;
}

function toObject(schema: JsonSchema, reader: Reader): Pick<Shape, 'fields' | 'values' | 'isClosed'> {
  const required = new Set(asList(schema.required) ?? []);
  const properties = (schema.properties ?? {}) as Record<string, unknown>;
  const fields: Record<string, Field> = {};
  for (const name of Object.keys(properties).sort()) {
    fields[name] = { shape: toShape(properties[name], reader), isRequired: required.has(name) };
  }
  const { additionalProperties: more } = schema;
  return {
    fields,
    ...(typeof more === 'object' && more !== null && Object.keys(more).length > 0
      ? { values: toShape(more, reader) }
      : {}),
    ...(more === false ? { isClosed: true } : {}),
  };
}

function toLimits(schema: JsonSchema, type: string, values: readonly unknown[] | null): Limits {
  const limits: { -readonly [name in keyof Limits]: Limits[name] } = {};
  const scalars = values?.filter((value): value is Scalar => ['string', 'number', 'boolean'].includes(typeof value));
  if (scalars !== undefined && scalars.length > 0) limits.enum = sorted(scalars);
  if (typeof schema.format === 'string') limits.format = schema.format;
  if (typeof schema.pattern === 'string') limits.pattern = schema.pattern;
  for (const name of NUMERIC_LIMITS) {
    const value = schema[name];
    // Every whole number is within what a number keeps apart: no limit of its own.
    if (typeof value === 'number' && !(type === 'integer' && Math.abs(value) >= Number.MAX_SAFE_INTEGER))
      limits[name] = value;
  }
  return limits;
}

function toUnion(alternatives: readonly unknown[], reader: Reader): Shape {
  const flat = alternatives
    .map((one) => toShape(one, reader))
    .flatMap((shape) => (shape.variants === undefined ? [shape] : withNull(shape, Object.values(shape.variants))));
  const isNullable = flat.some(({ type, nullable }) => type === 'null' || nullable === true);
  const nullable = isNullable ? { nullable: true as const } : {};
  const given = merge(flat.filter(({ type }) => type !== 'null').map(({ nullable: _null, ...shape }) => shape));
  const [only] = given;
  if (only === undefined) return { type: 'null' };
  if (given.length === 1 || given.some(({ type }) => type === 'any'))
    return { ...(given.find(({ type }) => type === 'any') ?? only), ...nullable };
  const labels = labelsOf(given, findDiscriminator(given));
  const variants = Object.fromEntries(given.map((shape, index) => [labels[index] ?? '', shape]));
  return { type: 'union', ...nullable, variants: sortKeys(variants) };
}

const withNull = ({ nullable }: Shape, variants: readonly Shape[]): Shape[] =>
  nullable === true ? [...variants, { type: 'null' }] : [...variants];

/** Variants that say the same, and those that differ in one list of values alone, become one. */
function merge(variants: readonly Shape[]): Shape[] {
  const discriminator = findDiscriminator(variants);
  const groups = new Map<string, Shape[]>();
  for (const shape of variants) {
    const key = JSON.stringify(withoutValues(shape, discriminator));
    groups.set(key, [...(groups.get(key) ?? []), shape]);
  }
  return [...groups.values()].map((group) => group.reduce((a, b) => joined(a, b, discriminator)));
}

function withoutValues(shape: Shape, discriminator: string | null): unknown {
  if (shape.fields === undefined || discriminator === null) return { ...shape, enum: shape.enum !== undefined };
  const { [discriminator]: _told, ...fields } = shape.fields;
  return { ...shape, fields };
}

function joined(a: Shape, b: Shape, discriminator: string | null): Shape {
  const [told, other] = [a.fields?.[discriminator ?? ''], b.fields?.[discriminator ?? '']];
  if (discriminator === null || told === undefined || other === undefined)
    return a.enum === undefined ? a : { ...a, enum: sorted([...a.enum, ...(b.enum ?? [])]) };
  const values = sorted([...(told.shape.enum ?? []), ...(other.shape.enum ?? [])]);
  return { ...a, fields: { ...a.fields, [discriminator]: { ...told, shape: { ...told.shape, enum: values } } } };
}

/** @throws {RangeError} for a reference that leads nowhere in this document. */
function resolve(root: unknown, ref: string): unknown {
  const steps = ref
    .replace(/^#\//, '')
    .split('/')
    .map((step) => decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~'));
  const found = ref.startsWith('#/')
    ? steps.reduce<unknown>((value, step) => (value as Record<string, unknown> | undefined)?.[step], root)
    : undefined;
  if (typeof found !== 'object' || found === null) throw new RangeError(`the reference ${ref} leads nowhere`);
  return found;
}

const asList = (value: unknown): readonly unknown[] | null => (Array.isArray(value) ? value : null);
const sorted = (values: readonly Scalar[]): Scalar[] =>
  [...new Set(values)].sort((a, b) => (String(a) < String(b) ? -1 : 1));
const sortKeys = <T>(record: Record<string, T>): Record<string, T> =>
  Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
