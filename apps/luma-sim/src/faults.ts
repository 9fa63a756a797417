import { z } from 'zod';
import { between, type Random } from './random.js';

/**
 * Faults are laid in wait by the control API: each names the requests it is for, how often it strikes, and what it
 * does. Requests struck by a fault have arrived, so they count against the budget.
 */

const aim = {
  /** `GET`, `POST`; absent: both. */
  method: z.enum(['GET', 'POST']).optional(),
  /** Path as asked for, `*` for any run of characters: `/v1/events/create`, `/v1/events/*`. Absent: every path. */
  path: z.string().optional(),
  calendarId: z.string().optional(),
  /** How many matching requests to strike; absent: until removed. */
  count: z.number().int().positive().optional(),
  /** How many matching requests to let pass first. */
  skip: z.number().int().nonnegative().default(0),
  /** Chance of striking a matching request. */
  probability: z.number().min(0).max(1).default(1),
};

const faultSchema = z.discriminatedUnion('kind', [
  /** The work is done, its answer never arrives: the connection is cut at once, or held for `holdMs` and cut then. */
  z.strictObject({
    ...aim,
    kind: z.literal('lost-answer'),
    mode: z.enum(['cut', 'hold']).default('cut'),
    holdMs: z.number().int().positive().default(120_000),
  }),
  /**
   * A 5xx (or other) answer, before anything is done or after all of it was. `html` is what a proxy in front would
   * send.
   */
  z.strictObject({
    ...aim,
    kind: z.literal('error'),
    status: z.number().int().min(400).max(599).default(500),
    when: z.enum(['before', 'after']).default('before'),
    body: z.enum(['json', 'html', 'empty']).default('json'),
  }),
  /** The request waits before it is worked on (it has arrived already). */
  z.strictObject({
    ...aim,
    kind: z.literal('delay'),
    minMs: z.number().int().nonnegative(),
    maxMs: z.number().int().nonnegative(),
  }),
  /** The connection is reset before anything is done. */
  z.strictObject({ ...aim, kind: z.literal('reset') }),
  /** A 429 that has nothing to do with our own count, as when someone else uses the key. */
  z.strictObject({
    ...aim,
    kind: z.literal('rate-limit'),
    retryAfterSeconds: z.number().int().nonnegative().default(60),
    retryAfter: z.enum(['seconds', 'date', 'none']).default('seconds'),
  }),
  /** The work is done, and half of the answer's bytes arrive. */
  z.strictObject({ ...aim, kind: z.literal('half-answer') }),
]);
export type Fault = z.output<typeof faultSchema>;
export type FaultInput = z.input<typeof faultSchema>;

interface Laid {
  id: string;
  fault: Fault;
  matched: number;
  struck: number;
  path: RegExp | null;
}

export interface FaultTarget {
  method: string;
  path: string;
  calendarId: string | null;
}

/** What strikes one request: delays add up, of the rest the first one laid. */
export interface Strike {
  delayMs: number;
  fault: Exclude<Fault, { kind: 'delay' }> | null;
}

export class Faults {
  readonly #random: Random;
  #laid: Laid[] = [];
  #nextId = 1;

  constructor(random: Random) {
    this.#random = random;
  }

  lay(input: FaultInput): string {
    const fault = faultSchema.parse(input);
    const id = `fault-${this.#nextId++}`;
    this.#laid.push({
      id,
      fault,
      matched: 0,
      struck: 0,
      path: fault.path === undefined ? null : toPattern(fault.path),
    });
    return id;
  }

  /** Removes one, or all. Returns how many. */
  lift(id?: string): number {
    const before = this.#laid.length;
    this.#laid = id === undefined ? [] : this.#laid.filter((laid) => laid.id !== id);
    return before - this.#laid.length;
  }

  list(): { id: string; fault: Fault; matched: number; struck: number }[] {
    return this.#laid.map(({ id, fault, matched, struck }) => ({ id, fault, matched, struck }));
  }

  strike(target: FaultTarget): Strike {
    const strike: Strike = { delayMs: 0, fault: null };
    for (const laid of this.#laid) {
      const { fault } = laid;
      if (!isAimedAt(laid, target)) continue;
      if (fault.kind !== 'delay' && strike.fault !== null) continue;
      laid.matched += 1;
      const isDue = laid.matched > fault.skip && (fault.count === undefined || laid.struck < fault.count);
      if (!isDue || this.#random() >= fault.probability) continue;
      laid.struck += 1;
      if (fault.kind === 'delay') strike.delayMs += between(this.#random, fault.minMs, fault.maxMs);
      else strike.fault = fault;
    }
    return strike;
  }
}

function isAimedAt({ fault, path }: Laid, target: FaultTarget): boolean {
  if (fault.method !== undefined && fault.method !== target.method) return false;
  if (fault.calendarId !== undefined && fault.calendarId !== target.calendarId) return false;
  return path === null || path.test(target.path);
}

function toPattern(path: string): RegExp {
  const escaped = path.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${escaped.join('.*')}$`);
}
