/** What a document allows for one value. Texts, examples and defaults are left out. */
export interface Shape extends Limits {
  type: ShapeType;
  /** Null is allowed as well. */
  nullable?: true | undefined;
  /** Of an object: no other field is allowed. Without it others may come. */
  isClosed?: true | undefined;
  fields?: Readonly<Record<string, Field>> | undefined;
  /** Of an object whose names are not fixed: each of its values. */
  values?: Shape | undefined;
  /** Of an array. */
  items?: Shape | undefined;
  /** Of a union, by a label: `type=manual`, or the type's name. */
  variants?: Readonly<Record<string, Shape>> | undefined;
}

export type ShapeType = 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean' | 'union' | 'any' | 'null';

export interface Field {
  shape: Shape;
  isRequired: boolean;
}

export type Scalar = string | number | boolean;

export interface Limits {
  /** Sorted. A constant is an enum of one. */
  enum?: readonly Scalar[] | undefined;
  format?: string | undefined;
  pattern?: string | undefined;
  minLength?: number | undefined;
  maxLength?: number | undefined;
  minimum?: number | undefined;
  maximum?: number | undefined;
  exclusiveMinimum?: number | undefined;
  exclusiveMaximum?: number | undefined;
  minItems?: number | undefined;
  maxItems?: number | undefined;
}

export const NUMERIC_LIMITS = [
  'minLength',
  'maxLength',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'minItems',
  'maxItems',
] as const satisfies readonly (keyof Limits)[];

/**
 * What is sent or answered, by name: `GET /v1/events/get query`, `GET /v1/events/get answer`, `POST /v1/events/create
 * body`, `webhook event.created`.
 */
export type Facts = ReadonlyMap<string, Shape>;

export type PartKind = 'query' | 'body' | 'answer';

export const partName = (method: string, path: string, kind: PartKind): string => `${method} ${path} ${kind}`;
export const webhookName = (type: string): string => `webhook ${type}`;
/** True for what goes to Luma, false for what comes from there. */
export const isRequestPart = (part: string): boolean => / (?:query|body)$/.test(part);

/**
 * The field whose value tells the object variants of a union apart; null when there is none, or when the variants are
 * not all objects.
 */
export function findDiscriminator(variants: readonly Shape[]): string | null {
  const [first] = variants;
  if (first?.fields === undefined) return null;
  const isTelling = (name: string): boolean => {
    const values = variants.map(({ fields }) => {
      const field = fields?.[name];
      return field?.isRequired === true && field.shape.nullable !== true ? field.shape.enum : undefined;
    });
    if (values.some((list) => list === undefined)) return false;
    const all = values.flatMap((list) => list ?? []);
    return new Set(all).size === all.length;
  };
  return Object.keys(first.fields).find(isTelling) ?? null;
}
