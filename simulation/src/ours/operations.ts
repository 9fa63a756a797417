import { catalog, type JobName, type PayloadOf, RetryAfterError, type Trigger } from '@luma-sync/jobs';
import type { LeaseHolder } from '@luma-sync/store';
import type { VirtualTime } from '../virtual-time.js';

/** One row of `operations`. */
export interface Operation {
  id: string;
  job: JobName;
  payload: unknown;
  dedupeKey: string;
  state: 'queued' | 'running' | 'done' | 'failed';
  trigger: Trigger;
  actor: string;
  attempts: number;
  crashes: number;
  requests: number;
  createdAt: number;
  runAfter: number;
  owner: string | null;
  checkpoint: unknown;
  ending: string | null;
}

/** A process's hold on what it works on. Silent since `endsAt - leaseMs`; null while its heart beats. */
export interface RunHold {
  operationId: string;
  endsAt: number | null;
}

/** The operations table and the record leases: the twin of `packages/store`'s operations and leases, in virtual time. */
export class Operations {
  readonly rows = new Map<string, Operation>();
  readonly #queued = new Map<string, string>();
  readonly #leases = new Map<string, string>();
  readonly #acquiredAt = new Map<string, Date>();
  readonly #runs = new Map<string, RunHold>();

  constructor(
    private readonly time: VirtualTime,
    private readonly newId: () => string,
    /** Told of each operation that is due at a moment. */
    private readonly wake: (operationId: string, at: number) => void,
  ) {}

  enqueue<N extends JobName>(
    job: N,
    payload: PayloadOf<N>,
    { trigger, actor, inMs = 0 }: { trigger: Trigger; actor: string; inMs?: number },
  ): Operation {
    const dedupeKey = (catalog[job].dedupeKey as (payload: unknown) => string)(payload);
    const known = this.queuedBy(dedupeKey);
    if (known !== undefined) {
      known.requests += 1;
      known.attempts = 0;
      if (known.runAfter > this.time.now() + inMs) this.#due(known, this.time.now() + inMs);
      return known;
    }
    const operation: Operation = {
      id: this.newId(),
      job,
      payload,
      dedupeKey,
      state: 'queued',
      trigger,
      actor,
      attempts: 0,
      crashes: 0,
      requests: 1,
      createdAt: this.time.now(),
      runAfter: this.time.now() + inMs,
      owner: null,
      checkpoint: null,
      ending: null,
    };
    this.rows.set(operation.id, operation);
    this.#queued.set(dedupeKey, operation.id);
    this.#due(operation, this.time.now() + inMs);
    return operation;
  }

  begin(id: string, owner: string): Operation | 'busy' | 'settled' {
    const operation = this.rows.get(id);
    if (operation === undefined || (operation.state !== 'queued' && operation.state !== 'running')) return 'settled';
    if (operation.state === 'running' && this.isHeld(operation.owner)) return 'busy';
    if (operation.state === 'queued' && operation.runAfter > this.time.now()) return 'busy';
    const key = (catalog[operation.job].oneAtATime as (payload: unknown) => string)(operation.payload);
    if (!this.takeLease(key, owner)) return this.#leaveToTwin(operation, key) ? 'settled' : 'busy';
    if (operation.state === 'running') operation.crashes += 1;
    else this.#queued.delete(operation.dedupeKey);
    operation.state = 'running';
    operation.owner = owner;
    this.#runs.set(owner, { operationId: id, endsAt: null });
    return operation;
  }

  /** The process fell silent: its leases end after their time, unless it comes back before. */
  fallSilent(owner: string, leaseMs: number): void {
    const run = this.#runs.get(owner);
    if (run !== undefined) run.endsAt = this.time.now() + leaseMs;
  }

  /** The process goes on. @returns false when its leases have run out. */
  comeBack(owner: string): boolean {
    if (!this.isHeld(owner)) return false;
    const run = this.#runs.get(owner);
    if (run !== undefined) run.endsAt = null;
    return run !== undefined;
  }

  isHeld(owner: string | null): boolean {
    const run = owner === null ? undefined : this.#runs.get(owner);
    return run !== undefined && (run.endsAt === null || this.time.now() < run.endsAt);
  }

  /** @throws {RetryAfterError} `operation.lease_lost`, as a fenced transaction does. */
  assertOwner({ operationId, owner }: LeaseHolder): void {
    const operation = this.rows.get(operationId);
    if (operation?.owner === owner && operation.state === 'running' && this.isHeld(owner)) return;
    throw new RetryAfterError('operation.lease_lost', 'another run has taken this operation over', { waitMs: 0 });
  }

  takeLease(key: string, owner: string): boolean {
    const holder = this.#leases.get(key);
    if (holder !== undefined && holder !== owner && this.isHeld(holder)) return false;
    if (holder !== owner) this.#acquiredAt.set(key, this.time.date());
    this.#leases.set(key, owner);
    return true;
  }

  /** As `findUnleasedSince`. */
  unleasedSince(key: string): Date {
    return (this.#leases.has(key) ? this.#acquiredAt.get(key) : undefined) ?? this.time.date();
  }

  holdsLease(key: string, owner: string): boolean {
    return this.#leases.get(key) === owner && this.isHeld(owner);
  }

  releaseLease(key: string, owner: string): void {
    if (this.#leases.get(key) === owner) this.#leases.delete(key);
  }

  finish(id: string, owner: string, state: 'done' | 'failed', ending: string): boolean {
    const operation = this.rows.get(id);
    if (operation === undefined || operation.owner !== owner || operation.state !== 'running') return false;
    operation.state = state;
    operation.ending = ending;
    this.#end(operation, owner);
    return true;
  }

  queuedBy(dedupeKey: string): Operation | undefined {
    return this.rows.get(this.#queued.get(dedupeKey) ?? '');
  }

  /** Ends what another run has done beside its own work. */
  finishQueued(id: string, ending: string): void {
    const operation = this.rows.get(id);
    if (operation?.state !== 'queued') return;
    operation.state = 'done';
    operation.ending = ending;
    this.#queued.delete(operation.dedupeKey);
  }

  putBack(id: string, owner: string, back: { waitMs: number; usesAttempt: boolean; reason: string }): void {
    const operation = this.rows.get(id);
    if (operation === undefined || operation.owner !== owner || operation.state !== 'running') return;
    this.#end(operation, owner);
    if (this.#queued.has(operation.dedupeKey)) {
      operation.state = 'done';
      operation.ending = 'superseded';
      return;
    }
    operation.state = 'queued';
    operation.attempts += back.usesAttempt ? 1 : 0;
    operation.ending = back.reason;
    this.#queued.set(operation.dedupeKey, id);
    this.#due(operation, this.time.now() + back.waitMs);
  }

  #leaveToTwin(operation: Operation, key: string): boolean {
    const twin = this.rows.get(this.#runs.get(this.#leases.get(key) ?? '')?.operationId ?? '');
    if (operation.state !== 'running' || twin === undefined || twin.dedupeKey !== operation.dedupeKey) return false;
    twin.crashes = Math.max(twin.crashes, operation.crashes + 1);
    operation.state = 'done';
    operation.ending = 'superseded';
    this.#end(operation, operation.owner ?? '');
    return true;
  }

  #end(operation: Operation, owner: string): void {
    operation.owner = null;
    this.#runs.delete(owner);
    for (const [key, holder] of this.#leases) if (holder === owner) this.#leases.delete(key);
  }

  #due(operation: Operation, at: number): void {
    operation.runAfter = at;
    this.wake(operation.id, at);
  }
}
