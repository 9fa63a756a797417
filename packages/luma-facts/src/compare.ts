import { type Facts, type Field, findDiscriminator, NUMERIC_LIMITS, type Shape } from './shape.js';
import { labelsOf, valuesOf } from './variants.js';

/** `narrowed`: less is allowed than before. `widened`: more is. `changed`: neither holds the other. */
export type ChangeKind = 'added' | 'removed' | 'narrowed' | 'widened' | 'changed';

export interface Change {
  /** As the rows of the table are named; empty for the part itself. */
  path: string;
  kind: ChangeKind;
  /** In a few words, such as `null is not allowed any more`. */
  what: string;
}

export interface PartChange extends Change {
  part: string;
}

/** What `after` allows that `before` did not, and the other way round, part by part. */
export function compareFacts(before: Facts, after: Facts): PartChange[] {
  const parts = [...new Set([...before.keys(), ...after.keys()])].sort();
  return parts.flatMap((part): PartChange[] => {
    const [was, is] = [before.get(part), after.get(part)];
    if (was === undefined) return [{ part, path: '', kind: 'added', what: 'is new' }];
    if (is === undefined) return [{ part, path: '', kind: 'removed', what: 'is gone' }];
    return compareShapes(was, is).map((change) => ({ part, ...change }));
  });
}

export function compareShapes(before: Shape, after: Shape, path = ''): Change[] {
  const changes = compareAt(before, after, path);
  return [...new Map(changes.map((change) => [JSON.stringify(change), change])).values()];
}

function compareAt(before: Shape, after: Shape, path: string): Change[] {
  const change = (kind: ChangeKind, what: string): Change => ({ path, kind, what });
  const nulls = compareNulls(before, after).map((kind) =>
    change(kind, kind === 'widened' ? 'may be null' : 'is never null'),
  );
  if (before.type === 'any' || after.type === 'any') {
    if (before.type === after.type) return nulls;
    return [before.type === 'any' ? change('narrowed', `is ${nameOf(after)}`) : change('widened', 'is anything')];
  }
  if (before.type === 'union' || after.type === 'union') return [...nulls, ...compareUnions(before, after, path)];
  const whole = compareWhole(before, after).map((kind) =>
    change(kind, kind === 'narrowed' ? 'is whole' : 'is any number'),
  );
  if (before.type !== after.type && whole.length === 0)
    return [...nulls, change('changed', `is ${nameOf(after)} instead of ${nameOf(before)}`)];
  return [...nulls, ...whole, ...compareLimits(before, after, change), ...compareBelow(before, after, path)];
}

const compareNulls = ({ nullable: was }: Shape, { nullable: is }: Shape): ('narrowed' | 'widened')[] =>
  was === is ? [] : [is === true ? 'widened' : 'narrowed'];

function compareWhole({ type: was }: Shape, { type: is }: Shape): ('narrowed' | 'widened')[] {
  if (was === 'number' && is === 'integer') return ['narrowed'];
  return was === 'integer' && is === 'number' ? ['widened'] : [];
}

function compareBelow(before: Shape, after: Shape, path: string): Change[] {
  const items =
    before.items === undefined || after.items === undefined ? [] : compareAt(before.items, after.items, `${path}[]`);
  const values =
    before.values === undefined || after.values === undefined
      ? []
      : compareAt(before.values, after.values, `${path}{}`);
  return [...items, ...values, ...compareFields(before.fields ?? {}, after.fields ?? {}, path)];
}

type Fields = Readonly<Record<string, Field>>;

function compareFields(before: Fields, after: Fields, holder: string): Change[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((name): Change[] => {
    const path = holder === '' ? name : `${holder}.${name}`;
    const [was, is] = [before[name], after[name]];
    if (was === undefined)
      return [{ path, kind: 'added', what: is?.isRequired ? 'is new and must be there' : 'is new' }];
    if (is === undefined)
      return [{ path, kind: 'removed', what: was.isRequired ? 'is gone, and had to be there' : 'is gone' }];
    const under = compareAt(was.shape, is.shape, path);
    if (was.isRequired === is.isRequired) return under;
    return is.isRequired
      ? [{ path, kind: 'narrowed', what: 'must be there' }, ...under]
      : [{ path, kind: 'widened', what: 'may be absent' }, ...under];
  });
}

function compareLimits(before: Shape, after: Shape, change: (kind: ChangeKind, what: string) => Change): Change[] {
  const changes: Change[] = [];
  const added = (after.enum ?? []).filter((value) => before.enum !== undefined && !before.enum.includes(value));
  const removed = (before.enum ?? []).filter((value) => after.enum !== undefined && !after.enum.includes(value));
  if (before.enum === undefined && after.enum !== undefined) changes.push(change('narrowed', `is one of a list`));
  if (before.enum !== undefined && after.enum === undefined) changes.push(change('widened', 'is of no list'));
  if (added.length > 0) changes.push(change('widened', `may be ${added.join(', ')}`));
  if (removed.length > 0) changes.push(change('narrowed', `is never ${removed.join(', ')}`));
  if (before.pattern !== after.pattern) {
    const kind = before.pattern === undefined ? 'narrowed' : after.pattern === undefined ? 'widened' : 'changed';
    changes.push(change(kind, after.pattern === undefined ? 'follows no pattern' : 'follows another pattern'));
  } else if (before.format !== after.format) {
    const kind = before.format === undefined ? 'narrowed' : after.format === undefined ? 'widened' : 'changed';
    changes.push(change(kind, after.format === undefined ? 'has no format' : `has the format ${after.format}`));
  }
  for (const name of NUMERIC_LIMITS) {
    const [was, is] = [before[name], after[name]];
    if (was === is) continue;
    const isUpper = /max/i.test(name);
    const isNarrower = was === undefined || (is !== undefined && (isUpper ? is < was : is > was));
    changes.push(change(isNarrower ? 'narrowed' : 'widened', `${name} is ${is ?? 'gone'}`));
  }
  return changes;
}

function compareUnions(before: Shape, after: Shape, path: string): Change[] {
  const [were, are] = [variantsOf(before), variantsOf(after)];
  const discriminator = sharedDiscriminator(were, are);
  if (discriminator !== null) return compareByValue(were, are, discriminator, path);
  const [labels, labelsAfter] = [labelsOf(were, null), labelsOf(are, null)];
  const left = new Set(are.keys());
  const at = (label: string | undefined) => (were.length === 1 ? path : `${path}<${label}>`);
  const changes = were.flatMap((was, index): Change[] => {
    const own = findClosest(was, are, left);
    if (own !== null) {
      left.delete(own.index);
      return compareAt(was, own.shape, at(labels[index]));
    }
    // None is left, but another one may allow all of it.
    const shared = findClosest(was, are, new Set(are.keys()));
    const under = shared === null ? [] : compareAt(was, shared.shape, at(labels[index]));
    const isHeld = shared !== null && under.every(({ kind }) => kind !== 'narrowed' && kind !== 'changed');
    return isHeld ? under : [{ path, kind: 'narrowed', what: `is never ${labels[index]}` }];
  });
  const added = [...left].map((index): Change => ({ path, kind: 'widened', what: `may be ${labelsAfter[index]}` }));
  return [...changes, ...added];
}

/** Of these variants and of the same type, the closest one. A field that is new is the smallest of changes. */
function findClosest(was: Shape, are: readonly Shape[], among: ReadonlySet<number>) {
  const able = [...among].flatMap((index) => {
    const shape = are[index];
    return shape === undefined || shape.type !== was.type
      ? []
      : [{ index, shape, distance: distanceOf(compareAt(was, shape, '')) }];
  });
  return able.sort((a, b) => a.distance - b.distance)[0] ?? null;
}

const distanceOf = (changes: readonly Change[]): number =>
  changes.reduce((total, { kind }) => total + DISTANCE[kind], 0);

const DISTANCE: Readonly<Record<ChangeKind, number>> = {
  added: 1,
  widened: 10,
  removed: 100,
  narrowed: 100,
  changed: 100,
};

/** A shape that is no union is one of a single variant. */
const variantsOf = (shape: Shape): readonly Shape[] =>
  shape.variants === undefined ? [{ ...shape, nullable: undefined }] : Object.values(shape.variants);

function sharedDiscriminator(before: readonly Shape[], after: readonly Shape[]): string | null {
  const [larger, smaller] = before.length >= after.length ? [before, after] : [after, before];
  const name = findDiscriminator(larger);
  if (name === null) return null;
  return smaller.every((shape) => valuesOf(shape, name).length > 0) ? name : null;
}

function compareByValue(before: readonly Shape[], after: readonly Shape[], by: string, path: string): Change[] {
  const variantOf = (shapes: readonly Shape[], value: unknown) =>
    shapes.find((shape) => valuesOf(shape, by).some((own) => own === value));
  const values = new Set([...before, ...after].flatMap((shape) => valuesOf(shape, by)));
  const labels = labelsOf(before, by);
  return [...values].flatMap((value): Change[] => {
    const [was, is] = [variantOf(before, value), variantOf(after, value)];
    if (was === undefined) return [{ path, kind: 'widened', what: `may be of ${by} ${value}` }];
    if (is === undefined) return [{ path, kind: 'narrowed', what: `is never of ${by} ${value}` }];
    const isAlone = before.length === 1 && after.length === 1;
    const under = isAlone ? path : `${path}<${labels[before.indexOf(was)]}>`;
    return compareAt(without(was, by), without(is, by), under);
  });
}

/** Its values were compared already. */
function without(shape: Shape, name: string): Shape {
  const { [name]: _told, ...fields } = shape.fields ?? {};
  return { ...shape, fields };
}

/**
 * Without the patterns of moments: the document and the contract have two for one format, from two versions of a
 * library. The format alone is compared.
 */
export function withoutMomentPatterns(shape: Shape): Shape {
  const fields = Object.entries(shape.fields ?? {}).map(([name, field]): [string, Field] => [
    name,
    { ...field, shape: withoutMomentPatterns(field.shape) },
  ]);
  const variants = Object.entries(shape.variants ?? {}).map(([label, variant]): [string, Shape] => [
    label,
    withoutMomentPatterns(variant),
  ]);
  return {
    ...shape,
    ...(shape.format === 'date-time' ? { pattern: undefined } : {}),
    ...(shape.fields === undefined ? {} : { fields: Object.fromEntries(fields) }),
    ...(shape.variants === undefined ? {} : { variants: Object.fromEntries(variants) }),
    ...(shape.items === undefined ? {} : { items: withoutMomentPatterns(shape.items) }),
  };
}

const nameOf = (shape: Shape): string => (shape.type === 'union' ? 'one of several' : shape.type);
