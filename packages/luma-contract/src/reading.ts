import type { z } from 'zod';

/*
 * A reading of one record notes each field that was left out or changed on the way in. Schemas put a mark where that
 * happens; `readRecord` takes the marks out again and lists them. Outside of `readRecord` no mark is made, so a schema
 * that is used alone behaves as if notes did not exist.
 */

/**
 * Raised whenever a record that could not be read may be readable now, or a field that was left out is read: kept
 * records are tried again then.
 */
export const READING_VERSION = 1;

/** Why a field was not read as it came. */
export type FieldReason = 'missing' | 'wrong_type' | 'too_long' | 'out_of_range' | 'clipped' | 'malformed';

/** One field that was not read as it came: where, and why. Never its value, which may be personal. */
export interface FieldNote {
  /** `registration_answers.2.value`; empty for the record as a whole. */
  path: string;
  reason: FieldReason;
}

export type RecordReading<T> = { ok: true; record: T; notes: FieldNote[] } | { ok: false; notes: FieldNote[] };

/** Reads one record. The notes of a readable one tell what was left out of it or clipped. */
export function readRecord<S extends z.ZodType>(schema: S, raw: unknown): RecordReading<z.output<S>> {
  const isOuter = !isNoting;
  isNoting = true;
  let parsed: z.ZodSafeParseResult<z.output<S>>;
  try {
    parsed = schema.safeParse(raw);
  } finally {
    if (isOuter) isNoting = false;
  }
  if (!parsed.success) return { ok: false, notes: toFieldNotes(parsed.error.issues) };
  const notes: FieldNote[] = [];
  return { ok: true, record: withoutMarks(parsed.data, '', notes) as z.output<S>, notes };
}

/** What an issue of a schema says about a field. */
export function toFieldNotes(issues: readonly Issue[]): FieldNote[] {
  const byPath = new Map(issues.map((issue) => [(issue.path ?? []).map(String).join('.'), toReason(issue)]));
  return [...byPath].map(([path, reason]) => ({ path, reason }));
}

/** The issues of one element of a list or one field, as its single reason. */
export const firstReason = (issues: readonly Issue[]): FieldReason =>
  issues[0] === undefined ? 'malformed' : toReason(issues[0]);

/** Stands for a field that is left out, while notes are taken. `undefined` says only that it is unknown. */
export const leftOut = (reason: FieldReason): undefined => mark(undefined, reason);

/** Stands for an element that is left out of its list. Outside of a reading there is none, and the list is shorter. */
export const leftOutElement = (reason: FieldReason): unknown[] => (isNoting ? [new Mark(NOTHING, reason)] : []);

/** The value that a field was clipped to. */
export const clipped = <T>(value: T): T => mark(value, 'clipped');

interface Issue {
  code?: string | undefined;
  path?: readonly PropertyKey[] | undefined;
  origin?: string | undefined;
  input?: unknown;
  message?: string | undefined;
}

class Mark {
  constructor(
    readonly value: unknown,
    readonly reason: FieldReason,
  ) {}
}

const NOTHING = Symbol('no element');
let isNoting = false;

/** Typed as the value it stands for: marks do not leave `readRecord`. */
const mark = <T>(value: T, reason: FieldReason): T => (isNoting ? (new Mark(value, reason) as T) : value);

function toReason({ code, origin, message }: Issue): FieldReason {
  if (code === 'invalid_type' && message?.endsWith('received BeyondBound') === true) return 'too_long';
  if (code === 'invalid_type') return message?.endsWith('received undefined') === true ? 'missing' : 'wrong_type';
  if (code === 'too_big' || code === 'too_small')
    return origin === 'string' || origin === 'array' ? (code === 'too_big' ? 'too_long' : 'missing') : 'out_of_range';
  return code === 'invalid_union' || code === 'invalid_value' ? 'wrong_type' : 'malformed';
}

function withoutMarks(value: unknown, path: string, notes: FieldNote[]): unknown {
  if (value instanceof Mark) {
    notes.push({ path, reason: value.reason });
    return value.value;
  }
  if (Array.isArray(value)) {
    const under = value.map((item, index) => withoutMarks(item, join(path, index), notes));
    return under.some((item) => item === NOTHING) ? under.filter((item) => item !== NOTHING) : under;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, withoutMarks(item, join(path, key), notes)]),
  );
}

const join = (path: string, key: string | number): string => (path === '' ? String(key) : `${path}.${key}`);
