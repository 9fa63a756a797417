import fc, { type Arbitrary } from 'fast-check';
import { findDiscriminator, type Shape } from './shape.js';

export { chooseWhatIsTrue } from './documented-limits.js';

export interface ArbitraryOptions {
  /** Values for some paths instead of all that the shape allows. */
  choose?: (path: string, shape: Shape) => Arbitrary<unknown> | null;
  /**
   * Lists of values have grown: a value that the document does not name comes as well. Fields that tell variants apart
   * keep theirs.
   */
  isGrown?: boolean;
  /** Adds a field that the shape does not name to some objects. Default: true. */
  hasMore?: boolean;
}

/**
 * Anything that the shape allows: optional fields missing, nulls where they may be, unnamed fields besides.
 */
export function arbitraryOf(shape: Shape, options: ArbitraryOptions = {}): Arbitrary<unknown> {
  return build(shape, '', options);
}

function build(shape: Shape, path: string, options: ArbitraryOptions): Arbitrary<unknown> {
  const value = options.choose?.(path, shape) ?? buildValue(shape, path, options);
  return shape.nullable === true ? fc.option(value, { freq: 4 }) : value;
}

function buildValue(shape: Shape, path: string, options: ArbitraryOptions): Arbitrary<unknown> {
  switch (shape.type) {
    case 'union': {
      const variants = Object.values(shape.variants ?? {});
      const telling = findDiscriminator(variants);
      return fc.oneof(...variants.map((variant) => buildVariant(variant, telling, path, options)));
    }
    case 'object':
      return buildObject(shape, path, options, null);
    case 'array': {
      const item = build(shape.items ?? { type: 'any' }, `${path}[]`, options);
      return fc.array(item, { minLength: shape.minItems ?? 0, maxLength: Math.min(shape.maxItems ?? 3, 3) });
    }
    case 'null':
      return fc.constant(null);
    case 'any':
      return fc.jsonValue({ maxDepth: 1 });
    default:
      return buildScalar(shape, options);
  }
}

const buildVariant = (shape: Shape, telling: string | null, path: string, options: ArbitraryOptions) =>
  shape.type === 'object' ? buildObject(shape, path, options, telling) : build(shape, path, options);

function buildObject(shape: Shape, path: string, options: ArbitraryOptions, telling: string | null) {
  const fields = Object.entries(shape.fields ?? {});
  const model = Object.fromEntries(
    fields.map(([name, field]) => [
      name,
      build(
        field.shape,
        path === '' ? name : `${path}.${name}`,
        name === telling ? { ...options, isGrown: false } : options,
      ),
    ]),
  );
  const required = fields.filter(([, { isRequired }]) => isRequired).map(([name]) => name);
  return fc
    .tuple(
      fc.record(model, { requiredKeys: required, noNullPrototype: true }),
      options.hasMore === false ? fc.constant(false) : fc.boolean(),
    )
    .map(([record, isMore]) => (isMore ? { ...record, field_of_tomorrow: { a: [1] } } : record));
}

function buildScalar(shape: Shape, { isGrown = false }: ArbitraryOptions): Arbitrary<unknown> {
  if (shape.enum !== undefined) {
    const named = fc.constantFrom(...shape.enum);
    return isGrown && shape.type === 'string' && shape.enum.length > 1
      ? fc.oneof(named, fc.constant('value-of-tomorrow'))
      : named;
  }
  if (shape.type === 'boolean') return fc.boolean();
  return shape.type === 'string' ? buildText(shape) : buildNumber(shape);
}

/** Every field takes as many: the shortest bound of our own is that of moments, 40 characters. */
const LONG_TEXT = 40;

function buildText({ format, pattern, minLength = 0, maxLength = LONG_TEXT }: Shape): Arbitrary<string> {
  if (format === 'date-time') return moments;
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern), { size: 'small' });
  if (format === 'uri') return fc.webUrl();
  const text = fc.string({ unit: 'grapheme', minLength, maxLength });
  // Most texts that are made by themselves have some ten characters.
  const long = fc.string({ unit: 'grapheme-ascii', minLength: Math.min(maxLength, LONG_TEXT), maxLength });
  const texts = fc.oneof({ weight: 7, arbitrary: text }, { weight: 1, arbitrary: long });
  return minLength > 0 ? texts : fc.oneof({ weight: 8, arbitrary: texts }, fc.constantFrom('', ' ', 'N/A'));
}

/** As a document allows them: with or without seconds and parts of one, in UTC or with an offset. */
const moments = fc
  .tuple(
    fc.date({ min: new Date('0001-01-02T00:00:00Z'), max: new Date('9999-12-30T00:00:00Z'), noInvalidDate: true }),
    fc.constantFrom(16, 19, 21, 23),
    fc.constantFrom('Z', '+00:00', '-08:00', '+05:30'),
  )
  .map(([at, length, zone]) => `${at.toISOString().slice(0, length)}${zone}`);

function buildNumber({ type, minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Shape): Arbitrary<number> {
  const min = Math.max(minimum ?? -Number.MAX_SAFE_INTEGER, exclusiveMinimum ?? -Number.MAX_SAFE_INTEGER);
  const max = Math.min(maximum ?? Number.MAX_SAFE_INTEGER, exclusiveMaximum ?? Number.MAX_SAFE_INTEGER);
  const isIn = (value: number) => value !== exclusiveMinimum && value !== exclusiveMaximum;
  if (type === 'integer') return fc.integer({ min, max }).filter(isIn);
  return fc.oneof(fc.integer({ min, max }), fc.double({ min, max, noNaN: true })).filter(isIn);
}
