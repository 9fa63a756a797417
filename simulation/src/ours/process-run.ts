import type { JobContext, JobLog } from '@luma-sync/jobs';
import { RetryAfterError } from '@luma-sync/jobs';
import type { FaultProfile } from '../fault-profile.js';
import type { SeededRandom } from '../seeded-random.js';
import type { Trace } from '../trace.js';
import type { VirtualTime } from '../virtual-time.js';
import type { Operation, Operations } from './operations.js';

export const LEASE_MS = 5_000;
/** Longest stand-still: well past a lease, so that somebody else has taken over when the process goes on. */
const STALL_MAX_MS = 12_000;

export interface RunParts {
  time: VirtualTime;
  random: SeededRandom;
  trace: Trace;
  operations: Operations;
  faults: () => FaultProfile;
  /** Something went wrong in a run: what follows for its record may be a repeat. */
  onTrouble: (run: ProcessRun) => void;
  /** A run died or stood still: relay has to look at its operation when the lease is over. */
  onSilence: (operationId: string) => void;
}

/**
 * What never resolves: the rest of a dead process. New each time, since one for all would remember everybody who waits
 * for it.
 */
const never = (): Promise<never> => new Promise(() => {});

const quiet = (): void => {};
const LOG: JobLog = { debug: quiet, info: quiet, warn: quiet, error: quiet };
const SIGNAL = new AbortController().signal;

/** One run of one operation in one process, which may die or stand still at every boundary of an effect. */
export class ProcessRun {
  isDead = false;
  isTroubled = false;
  /** It died or stood still: what it knew may not have come to be stored. */
  wasSilent = false;
  /** A write of this run went out. */
  hasWritten = false;
  readonly startedAt: number;
  /** Shared by all contexts of this run. */
  readonly #requests = { hasSent: false };
  /** When this run last read this event, or guests of it, at Luma. */
  readonly readAt = new Map<string, number>();

  constructor(
    readonly owner: string,
    readonly operation: Operation,
    private readonly parts: RunParts,
  ) {
    this.startedAt = parts.time.now();
  }

  get context(): JobContext {
    const { operation, owner, parts } = this;
    return {
      operationId: operation.id,
      owner,
      leaseMs: LEASE_MS,
      attempt: operation.attempts + 1,
      crashes: operation.crashes,
      trigger: operation.trigger,
      createdAt: operation.createdAt,
      log: LOG,
      now: () => parts.time.date(),
      signal: SIGNAL,
      assertLease: () => {
        if (operation.owner === owner && parts.operations.isHeld(owner)) return;
        throw new RetryAfterError('operation.lease_lost', 'this run lost its lease', { waitMs: 0 });
      },
      requests: this.#requests,
      report: async () => {},
    };
  }

  /**
   * Something that takes a moment and happens whole or not at all; the process may die before it, or after it and
   * before anybody knows.
   */
  async effect<T>(name: string, work: () => T): Promise<T> {
    await this.boundary(`before ${name}`);
    const result = work();
    await this.boundary(`after ${name}`);
    return result;
  }

  async boundary(where: string): Promise<void> {
    if (this.isDead) return never();
    const { random, time, trace, operations, faults, onSilence } = this.parts;
    if (random.chance(faults().crash)) return this.die(where);
    if (random.chance(faults().stall)) {
      const ms = random.whole(100, STALL_MAX_MS);
      trace.record(() => `   ${this.name} stands still for ${ms} ms ${where}`);
      this.wasSilent = true;
      this.noteTrouble();
      operations.fallSilent(this.owner, LEASE_MS);
      onSilence(this.operation.id);
      await time.pause(ms);
      operations.comeBack(this.owner);
    }
    await time.pause(random.whole(1, 15));
  }

  /** @returns what never resolves. */
  die(where: string): Promise<never> {
    if (!this.isDead) {
      this.parts.trace.record(() => `   ${this.name} dies ${where}`);
      this.isDead = true;
      this.wasSilent = true;
      this.noteTrouble();
      this.parts.operations.fallSilent(this.owner, LEASE_MS);
      this.parts.onSilence(this.operation.id);
    }
    return never();
  }

  noteTrouble(): void {
    this.isTroubled = true;
    this.parts.onTrouble(this);
  }

  get name(): string {
    return `${this.operation.job} ${this.owner}`;
  }
}

/** The methods of an in-memory store as a handler calls them: each an effect of its run. */
export function asEffects<T extends object>(store: T, area: string, run: ProcessRun): Asynchronous<T> {
  const methods = Object.entries(store).map(([name, method]) => [
    name,
    (...args: unknown[]) => run.effect(`${area}.${name}`, () => (method as (...args: unknown[]) => unknown)(...args)),
  ]);
  return Object.fromEntries(methods) as Asynchronous<T>;
}

export type Asynchronous<T> = {
  [K in keyof T]: T[K] extends (...args: infer A) => infer R ? (...args: A) => Promise<R> : never;
};
