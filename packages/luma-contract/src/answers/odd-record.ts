import type { z } from 'zod';
import { type FieldNote, type RecordReading, readRecord } from '../reading.js';
import { asRecord, emailSchema, instantSchema } from '../tolerance.js';
import { renameApiIds } from '../unwrap.js';

/** What can still be told of an odd record. Each is null when it cannot be read. */
export interface OddIdentity {
  id: string | null;
  /** Of a guest; lower case. */
  email: string | null;
  /** Of an event. */
  name: string | null;
  startsAt: string | null;
  createdAt: string | null;
}

/** A record that could not be read, or not in full. */
export interface OddRecord {
  /** True: it was taken in without the noted fields. */
  isRead: boolean;
  /** Never empty. */
  notes: FieldNote[];
  identity: OddIdentity;
  /** As Luma sent it. */
  raw: unknown;
}

/** A single record that Luma answered with, read or not. */
export type SingleReading<T> =
  | { isRead: true; record: T; odd: OddRecord | null }
  | { isRead: false; record: null; odd: OddRecord };

export function readSingle<S extends z.ZodType>(schema: S, raw: unknown): SingleReading<z.output<S>> {
  const reading = readRecord(schema, raw);
  if (!reading.ok) return { isRead: false, record: null, odd: toOddRecord(raw, reading) };
  const odd = reading.notes.length === 0 ? null : toOddRecord(raw, reading);
  return { isRead: true, record: reading.record, odd };
}

export function toOddRecord(raw: unknown, { ok, notes }: RecordReading<unknown>): OddRecord {
  const identity = identityOf(raw);
  return { isRead: ok, notes: notes.length > 0 ? notes : [{ path: '', reason: 'malformed' }], identity, raw };
}

/** Old shapes wrap the record; its own fields win over those around it. */
function identityOf(raw: unknown): OddIdentity {
  const outer = asRecord(renameApiIds(raw)) ?? {};
  const inner = asRecord(renameApiIds(outer.guest ?? outer.event)) ?? {};
  const field = (name: string): unknown => inner[name] ?? outer[name];
  const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
  return {
    id: text(field('id')),
    email: emailSchema.safeParse(field('user_email') ?? field('email')).data ?? null,
    name: text(field('name')),
    startsAt: instantSchema.safeParse(field('start_at')).data ?? null,
    createdAt: instantSchema.safeParse(field('created_at')).data ?? null,
  };
}
