import {
  BODY_DEPTH_MAX,
  CLIPPED_NUMBERS,
  DEPTH_MAX,
  FIELDS_MAX,
  LIST_BOUNDS,
  NUMBER_MAX,
  OTHER_LIST_MAX,
  OTHER_TEXT_MAX,
  TEXT_BOUNDS,
} from './bounds.js';

export type BeyondReason = 'too_long' | 'out_of_range' | 'too_many' | 'too_deep';

/**
 * Stands for a value that is beyond its bound. No schema of a text, number or list takes it, so the field is unknown or
 * the record unreadable.
 */
export class BeyondBound {
  constructor(readonly reason: BeyondReason) {}

  /** Where a record is kept as it came. */
  toJSON(): string {
    return `[${this.reason}]`;
  }
}

export const isBeyondBound = (value: unknown): boolean => value instanceof BeyondBound;

/**
 * Parses JSON as Luma sends it, within the bounds of this contract, in time that grows with its length. Characters that
 * Postgres cannot keep, a NUL and half of a surrogate pair, become U+FFFD here, and nowhere else needs to care.
 *
 * @throws {SyntaxError} for what is no JSON, or nests deeper than any answer.
 */
export function readJson(text: string): unknown {
  if (findBeyond(text, { depthMax: BODY_DEPTH_MAX }) !== null) throw new SyntaxError('nested too deeply');
  const json: unknown = JSON.parse(text);
  return toBounded(json, '', 0, ODD_ESCAPE.test(text) || ODD_CHARACTER.test(text));
}

/** A cheap look at the whole: only then each text is looked at. */
const ODD_ESCAPE = /\\u(?:0000|[dD][89a-fA-F])/;
const ODD_CHARACTER = /\p{Cs}/u;

export interface JsonBounds {
  depthMax: number;
  /** Of members and elements together. */
  valuesMax?: number;
}

/**
 * Looks at brackets and commas outside of texts, before anything is parsed: the parser, and each schema after it, works
 * for every one of them in one go. What is no JSON is counted in some way, and refused by the parser.
 *
 * @returns which bound the text is beyond, or null.
 */
export function findBeyond(text: string, { depthMax, valuesMax }: JsonBounds): 'too_deep' | 'too_many' | null {
  let depth = 0;
  let commas = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charCodeAt(at);
    if (character === QUOTE) {
      at = endOfText(text, at);
    } else if (character === OPEN_LIST || character === OPEN_OBJECT) {
      depth += 1;
      if (depth > depthMax) return 'too_deep';
    } else if (character === CLOSE_LIST || character === CLOSE_OBJECT) {
      depth -= 1;
    } else if (character === COMMA) {
      commas += 1;
      if (valuesMax !== undefined && commas >= valuesMax) return 'too_many';
    }
  }
  return null;
}

/** @returns the place of the quotation mark that ends the text which begins at `start`. */
function endOfText(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const character = text.charCodeAt(at);
    if (character === QUOTE) return at;
    if (character === BACKSLASH) at += 1;
  }
  return text.length;
}

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/** @param name The field that holds the value, also through a list. */
function toBounded(value: unknown, name: string, depth: number, isOdd: boolean): unknown {
  if (typeof value === 'string') return toText(value, name, isOdd);
  if (typeof value === 'number') return isInRange(value, name) ? value : new BeyondBound('out_of_range');
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= DEPTH_MAX) return new BeyondBound('too_deep');
  if (Array.isArray(value)) {
    const itemsMax = Object.hasOwn(LIST_BOUNDS, name) ? LIST_BOUNDS[name]?.itemsMax : undefined;
    if (value.length > (itemsMax ?? OTHER_LIST_MAX)) return new BeyondBound('too_many');
    return value.map((item) => toBounded(item, name, depth + 1, isOdd));
  }
  const fields = Object.entries(value);
  if (fields.length > FIELDS_MAX) return new BeyondBound('too_many');
  return Object.fromEntries(
    fields.map(([key, item]) => [isOdd ? toStorableText(key) : key, toBounded(item, key, depth + 1, isOdd)]),
  );
}

function toText(text: string, name: string, isOdd: boolean): string | BeyondBound {
  const lengthMax = Object.hasOwn(TEXT_BOUNDS, name) ? TEXT_BOUNDS[name]?.lengthMax : undefined;
  if (text.length > (lengthMax ?? OTHER_TEXT_MAX)) return CUT.has(name) ? cut(text) : new BeyondBound('too_long');
  return isOdd ? toStorableText(text) : text;
}

/**
 * Cut instead. An answer to a question may have any type, so a value that stands for one would be taken for the answer.
 * Without its message a refusal would not be known for one of Luma's.
 */
const CUT: ReadonlySet<string> = new Set(['value', 'message']);

function cut(text: string): string {
  return toStorableText(text.slice(0, OTHER_TEXT_MAX));
}

/** As Postgres can keep it. */
export function toStorableText(text: string): string {
  return text.replace(/\p{Cs}/gu, '\ufffd').replaceAll('\0', '\ufffd');
}

function isInRange(value: number, name: string): boolean {
  return Math.abs(value) <= NUMBER_MAX || CLIPPED_NUMBERS.has(name);
}
