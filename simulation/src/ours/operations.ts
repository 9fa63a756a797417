import {
  beginOperationRun,
  catalog,
  inheritDeath,
  type JobName,
  joinOperation,
  moveCheckpoint,
  type OperationState,
  type Park,
  type PayloadOf,
  type Priority,
  PUSH_EXPECTED_MS,
  parkOperationRun,
  queueOperation,
  type Requeue,
  RetryAfterError,
  requeueOperationRun,
  type Trigger,
} from '@luma-sync/jobs';
import type { LeaseHolder } from '@luma-sync/store';
import type { VirtualTime } from '../virtual-time.js';
import { toJsonb } from './tables.js';

/** One row of `operations`. */
export interface Operation extends OperationState {
  id: string;
  job: JobName;
  payload: unknown;
  dedupeKey: string;
  trigger: Trigger;
  actor: string;
  createdAt: Date;
  owner: string | null;
  ending: string | null;
}

/** A process's hold on what it works on. Silent since `endsAt - leaseMs`; null while its heart beats. */
export interface RunHold {
  operationId: string;
  endsAt: number | null;
}

export interface RequestOptions {
  trigger: Trigger;
  actor: string;
  inMs?: number;
  priority?: Priority | undefined;
}

/**
 * The operations table and the record leases in memory and in virtual time. How an operation changes is decided by the
 * functions of `packages/jobs/src/operation`; a suite holds this store and Postgres to the same
 * (`simulation/test/conformance/operations-cases.ts`).
 */
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
    { trigger, actor, inMs = 0, priority }: RequestOptions,
  ): Operation {
    const definition = catalog[job];
    const dedupeKey = (definition.dedupeKey as (payload: unknown) => string)(payload);
    const request = { runAfter: new Date(this.time.now() + inMs), priority };
    const known = this.queuedBy(dedupeKey);
    if (known !== undefined) {
      const wasDueAt = known.runAfter;
      this.#change(known, joinOperation(known, definition, request));
      if (known.runAfter < wasDueAt) this.#wakeWhenDue(known);
      return known;
    }
    const operation: Operation = {
      ...queueOperation(definition, request),
      id: this.newId(),
      job,
      payload,
      dedupeKey,
      trigger,
      actor,
      createdAt: this.time.date(),
      owner: null,
      ending: null,
    };
    this.rows.set(operation.id, operation);
    this.#queued.set(dedupeKey, operation.id);
    this.#wakeWhenDue(operation);
    return operation;
  }

  begin(id: string, owner: string): Operation | 'busy' | 'settled' {
    const operation = this.rows.get(id);
    if (operation === undefined || (operation.state !== 'queued' && operation.state !== 'running')) return 'settled';
    if (operation.state === 'running' && this.isHeld(operation.owner)) return 'busy';
    if (operation.state === 'queued' && operation.runAfter.getTime() > this.time.now()) return 'busy';
    const key = (catalog[operation.job].oneAtATime as (payload: unknown) => string)(operation.payload);
    if (!this.takeLease(key, owner)) return this.#leaveToNewer(operation, key) ? 'settled' : 'busy';
    if (operation.state === 'queued') this.#queued.delete(operation.dedupeKey);
    this.#change(operation, beginOperationRun(operation, this.time.date()));
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

  saveCheckpoint(id: string, checkpoint: object): void {
    const operation = this.rows.get(id);
    if (operation === undefined) return;
    const place = toJsonb(checkpoint);
    const hasMoved = JSON.stringify(place) !== JSON.stringify(operation.checkpoint);
    this.#change(operation, moveCheckpoint(operation, place, hasMoved));
  }

  /** @returns false when the run is not the owner any more; nothing is changed then. */
  finish(id: string, owner: string, state: 'done' | 'failed', ending: string): boolean {
    const operation = this.#ownedBy(id, owner);
    if (operation === null) return false;
    operation.state = state;
    operation.ending = ending;
    this.#end(operation, owner);
    return true;
  }

  /** As the store's `isPushExpected`. */
  isPushExpected(eventId: string): boolean {
    const dedupeKey = catalog['event.push'].dedupeKey({ eventId });
    const after = this.time.now() - PUSH_EXPECTED_MS;
    return [...this.rows.values()].some(
      (row) =>
        row.dedupeKey === dedupeKey &&
        (row.state === 'queued' || row.state === 'running') &&
        row.slowTries === 0 &&
        row.createdAt.getTime() > after,
    );
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

  /** @returns false when the operation ended, or is another run's. */
  requeue(id: string, owner: string, back: Requeue): boolean {
    return this.#putBack(id, owner, back.reason, (operation) => requeueOperationRun(operation, back, this.time.date()));
  }

  /** @returns false when the operation ended, or is another run's. */
  park(id: string, owner: string, park: Pick<Park, 'waitMs' | 'deadlineMs'>): boolean {
    return this.#putBack(id, owner, 'operation.parked', (operation) =>
      parkOperationRun(operation, park, this.time.date()),
    );
  }

  #putBack(id: string, owner: string, reason: string, change: (operation: Operation) => Operation): boolean {
    const operation = this.#ownedBy(id, owner);
    if (operation === null) return false;
    this.#end(operation, owner);
    if (this.#queued.has(operation.dedupeKey)) {
      operation.state = 'done';
      operation.ending = 'superseded';
      return false;
    }
    this.#change(operation, change(operation));
    operation.ending = reason;
    this.#queued.set(operation.dedupeKey, id);
    this.#wakeWhenDue(operation);
    return true;
  }

  /** A newer operation for the same work is running: it carries on, and inherits the death of this one. */
  #leaveToNewer(operation: Operation, key: string): boolean {
    const newer = this.rows.get(this.#runs.get(this.#leases.get(key) ?? '')?.operationId ?? '');
    if (operation.state !== 'running' || newer === undefined || newer.dedupeKey !== operation.dedupeKey) return false;
    this.#change(newer, inheritDeath(newer, operation, this.time.date()));
    operation.state = 'done';
    operation.ending = 'superseded';
    this.#end(operation, operation.owner ?? '');
    return true;
  }

  #ownedBy(id: string, owner: string): Operation | null {
    const operation = this.rows.get(id);
    return operation?.owner === owner && operation.state === 'running' ? operation : null;
  }

  #end(operation: Operation, owner: string): void {
    operation.owner = null;
    this.#runs.delete(owner);
    for (const [key, holder] of this.#leases) if (holder === owner) this.#leases.delete(key);
  }

  /** Runs hold on to the row, as to one of a table. */
  #change(operation: Operation, to: Operation): void {
    Object.assign(operation, to);
  }

  #wakeWhenDue({ id, runAfter }: Operation): void {
    this.wake(id, runAfter.getTime());
  }
}
