import { fromSegment, lastName, splitLast, toSegment } from './paths.js';
import { type Facts, type Field, type Limits, NUMERIC_LIMITS, type Shape } from './shape.js';

/** One line of the table: what is known of one path. */
export interface Row extends Omit<Shape, 'fields' | 'values' | 'items' | 'variants' | 'enum'> {
  required?: true | undefined;
  /** `@name`: a long list that stands apart. */
  enum?: Limits['enum'] | string | undefined;
}

export interface Table {
  /** Long lists and patterns, by name: `@currency`, `@date-time`. */
  enums: Record<string, readonly (string | number | boolean)[]>;
  patterns: Record<string, string>;
  /**
   * By part, then by path. `''` is the part itself; `a.b` a field, `a[]` an element, `a{}` a value, `a<label>` a
   * variant.
   */
  parts: Record<string, Record<string, Row>>;
}

const LONG_ENUM = 20;
const LONG_PATTERN = 60;

export function toTable(facts: Facts): Table {
  const table: Table = { enums: {}, patterns: {}, parts: {} };
  for (const [part, shape] of facts) {
    const rows: Record<string, Row> = {};
    addRows(table, rows, '', { shape, isRequired: false });
    table.parts[part] = rows;
  }
  return table;
}

function addRows(table: Table, rows: Record<string, Row>, path: string, { shape, isRequired }: Field): void {
  const { fields, values, items, variants, ...own } = shape;
  rows[path] = { ...(isRequired ? { required: true } : {}), ...apart(table, path, own) };
  const below = (segment: string, under: Shape, isFieldRequired = false) =>
    addRows(table, rows, `${path}${segment}`, { shape: under, isRequired: isFieldRequired });
  for (const [name, field] of Object.entries(fields ?? {}))
    below(path === '' ? toSegment(name) : `.${toSegment(name)}`, field.shape, field.isRequired);
  if (values !== undefined) below('{}', values);
  if (items !== undefined) below('[]', items);
  for (const [label, variant] of Object.entries(variants ?? {})) below(`<${toSegment(label)}>`, variant);
}

/** Facts stand in one order in every row. */
const ORDER = ['type', 'nullable', 'isClosed', 'enum', 'format', 'pattern', ...NUMERIC_LIMITS] as const;

function apart(table: Table, path: string, own: Omit<Shape, 'fields' | 'values' | 'items' | 'variants'>): Row {
  const row = Object.fromEntries(
    ORDER.flatMap((name) => (own[name] === undefined ? [] : [[name, own[name]]])),
  ) as unknown as Row;
  if (own.enum !== undefined && own.enum.length > LONG_ENUM)
    row.enum = keep(table.enums, lastName(path) || 'values', own.enum);
  if (own.pattern !== undefined && own.pattern.length > LONG_PATTERN)
    row.pattern = keep(table.patterns, own.format ?? 'pattern', own.pattern);
  return row;
}

/** Under its name, or with a number behind it when the name stands for something else. */
function keep<T>(kept: Record<string, T>, name: string, value: T): string {
  for (let number = 1; ; number += 1) {
    const key = number === 1 ? name : `${name}-${number}`;
    const known = kept[key];
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(value)) continue;
    kept[key] = value;
    return `@${key}`;
  }
}

export function fromTable(table: Table): Facts {
  return new Map(Object.entries(table.parts).map(([part, rows]) => [part, fromRows(table, rows)]));
}

interface Growing extends Omit<Shape, 'fields' | 'values' | 'items' | 'variants'> {
  fields?: Record<string, Field>;
  values?: Shape;
  items?: Shape;
  variants?: Record<string, Shape>;
}

function fromRows(table: Table, rows: Record<string, Row>): Shape {
  const grown = new Map<string, Growing>();
  for (const [path, row] of Object.entries(rows)) {
    const { required, ...own } = together(table, row);
    const shape: Growing = { ...own };
    if (shape.type === 'object') shape.fields = {};
    grown.set(path, shape);
    if (path === '') continue;
    const [parent, segment] = splitLast(path);
    const holder = grown.get(parent);
    if (holder === undefined) throw new RangeError(`the table has no row for what holds ${path}`);
    attach(holder, segment, { shape, isRequired: required === true });
  }
  return grown.get('') ?? { type: 'any' };
}

function attach(holder: Growing, segment: string, field: Field): void {
  if (segment === '[]') holder.items = field.shape;
  else if (segment === '{}') holder.values = field.shape;
  else if (segment.startsWith('<'))
    holder.variants = { ...holder.variants, [fromSegment(segment.slice(1, -1))]: field.shape };
  else holder.fields = { ...holder.fields, [fromSegment(segment.replace(/^\./, ''))]: field };
}

function together(table: Table, row: Row): Omit<Row, 'enum'> & Pick<Limits, 'enum'> {
  const { enum: values, pattern, ...rest } = row;
  return {
    ...rest,
    ...(values === undefined ? {} : { enum: typeof values === 'string' ? table.enums[values.slice(1)] : values }),
    ...(pattern === undefined ? {} : { pattern: pattern.startsWith('@') ? table.patterns[pattern.slice(1)] : pattern }),
  };
}

/** One row a line, so that a change of the table reads as a change of one fact. */
export function printTable({ enums, patterns, parts }: Table): string {
  const lines = (record: Record<string, unknown>, indent: string): string =>
    Object.entries(record)
      .map(([name, value]) => `${indent}${JSON.stringify(name)}: ${JSON.stringify(value)}`)
      .join(',\n');
  const blocks = Object.entries(parts).map(
    ([part, rows]) => `    ${JSON.stringify(part)}: {\n${lines(rows as Record<string, unknown>, '      ')}\n    }`,
  );
  return [
    '{',
    `  "enums": {\n${lines(enums, '    ')}\n  },`,
    `  "patterns": {\n${lines(patterns, '    ')}\n  },`,
    `  "parts": {\n${blocks.join(',\n')}\n  }`,
    '}\n',
  ].join('\n');
}
