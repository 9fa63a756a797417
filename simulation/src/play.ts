import {
  catalog,
  deadlineOfRun,
  decideRunEnd,
  decideRunStart,
  type Failure,
  type JobDefinition,
  type RunEnd,
  slowRetryMs,
  toJobError,
} from '@luma-sync/jobs';
import { createLumaApi } from '@luma-sync/luma-client';
import { type InProcessLuma, playLumaInProcess, type SimSettingsInput } from '@luma-sync/luma-sim';
import type { LumaAccount } from '@luma-sync/sync';
import { bindHandlers } from '@luma-sync/sync';
import { type FaultProfile, NO_FAULTS } from './fault-profile.js';
import { Sendings } from './luma/sendings.js';
import { createTransport } from './luma/transport.js';
import { recordOf, Witness } from './luma/witness.js';
import { WebhookTransport } from './network/webhook-transport.js';
import { App } from './ours/app.js';
import { connect, type Deps } from './ours/connect.js';
import { markGivenUp, SIMULATED_JOBS } from './ours/on-given-up.js';
import { Operations } from './ours/operations.js';
import { LEASE_MS, ProcessRun, type RunParts } from './ours/process-run.js';
import { retryFailedRsvps } from './ours/rsvp-store.js';
import { Tables } from './ours/tables.js';
import { SeededRandom } from './seeded-random.js';
import { Trace } from './trace.js';
import { VirtualTime } from './virtual-time.js';

export interface PlayOptions {
  seed: number;
  luma?: SimSettingsInput;
  faults?: FaultProfile;
  mailOnRsvp?: boolean;
  mailOnUpdate?: boolean;
  /** So many may be mailed without a person's word; default: everybody a seed has. */
  mailConfirmAbove?: number;
  /** Keep the trace for a person to read. */
  isTraced?: boolean;
  /** Moments until the run counts as one that never comes to rest. Default 200,000; a usual seed has a few thousand. */
  momentsMax?: number;
}

const START_MS = Date.UTC(2030, 0, 7, 12);
const CALENDAR_ID = '00000000-0000-4000-8000-0000000000ca';
/** As the runner: three deaths set an operation aside. */
const CRASHES_MAX = 3;
const BUSY_MS = 400;
/** Relay finds what was left behind this much after its lease. */
const FOUND_AFTER_MAX_MS = 2_000;
const EVERYBODY = 50;
const MOMENTS_MAX = 200_000;
/**
 * A record that stays unreadable keeps its operation parked for ever, a day each time. After so many slow retries the
 * days are left out.
 */
const SLOW_TRIES_MAX = 6;

/**
 * Both sides, the network between them and our processes: the handlers and the client are the real ones.
 */
export class Play {
  readonly calendarId = CALENDAR_ID;
  readonly random: SeededRandom;
  readonly time: VirtualTime;
  readonly tables = new Tables();
  readonly trace: Trace;
  readonly operations: Operations;
  readonly app: App;
  readonly luma: InProcessLuma;
  readonly witness: Witness;
  readonly sendings: Sendings;
  readonly webhooks: WebhookTransport;
  faults: FaultProfile;
  #runs = 0;
  readonly #parts: RunParts;
  /** Parked operations that are not run again by themselves. */
  readonly #resting = new Set<string>();

  /** @param at A Luma that others have played with, and its clock; default: one of its own. */
  constructor(
    readonly options: PlayOptions,
    at?: { luma: InProcessLuma; time: VirtualTime },
  ) {
    this.time = at?.time ?? new VirtualTime(START_MS);
    this.random = new SeededRandom(options.seed);
    this.faults = options.faults ?? NO_FAULTS;
    this.trace = new Trace(this.time, options.isTraced ?? false);
    this.operations = new Operations(this.time, this.tables.newId, (id, at) => this.#wakeAt(id, at));
    this.app = new App(this.tables, this.operations, this.time);
    this.luma =
      at?.luma ??
      playLumaInProcess({
        clock: this.time,
        seed: options.seed,
        settings: options.luma ?? {},
        announce: (type, body) => this.webhooks.announce(type, body),
      });
    this.witness = new Witness(this.luma, () => this.time.now(), {
      field: (lumaEventId, field) => {
        for (const link of this.tables.eventLinks.values())
          if (link.lumaEventId === lumaEventId) return link.base?.luma[field];
        return undefined;
      },
      seenAt: (lumaEventId) => {
        for (const link of this.tables.eventLinks.values())
          if (link.lumaEventId === lumaEventId) return link.observedAt?.getTime() ?? Number.NEGATIVE_INFINITY;
        return Number.NEGATIVE_INFINITY;
      },
      isOurRefusal: (lumaGuestId) => {
        const link = this.tables.rsvpLinks.get(this.tables.rsvpOfGuest(lumaGuestId) ?? '');
        return link?.decidedBy === 'us' && link.base?.luma === 'declined';
      },
    });
    this.sendings = new Sendings(this.luma, () => this.time.now());
    this.webhooks = new WebhookTransport(this);
    this.#parts = {
      time: this.time,
      random: this.random,
      trace: this.trace,
      operations: this.operations,
      faults: () => this.faults,
      onTrouble: (run) => this.witness.troubled(recordOf(run)),
      onSilence: (id) => this.#wake(id, LEASE_MS + this.random.whole(1, FOUND_AFTER_MAX_MS)),
    };
  }

  /** Something went round in a circle. */
  isRestless = false;

  /** Until nothing is left to do. */
  async settle(): Promise<void> {
    if (await this.time.play(this.options.momentsMax ?? MOMENTS_MAX)) return;
    this.isRestless = true;
    this.trace.record(() => '--- never comes to rest');
  }

  /** What an operator does about dead letters: runs them again. @returns how many there were. */
  replayDeadLetters(): number {
    let count = 0;
    for (const operation of [...this.operations.rows.values()]) {
      if (operation.state !== 'failed') continue;
      count += 1;
      operation.state = 'done';
      this.trace.record(() => `operator: replays ${operation.job} (${operation.ending})`);
      if (operation.job === 'rsvp.push')
        retryFailedRsvps(this.tables, this.time, (operation.payload as { eventId: string }).eventId);
      this.operations.enqueue(operation.job, operation.payload as never, { trigger: 'manual', actor: 'operator' });
    }
    return count;
  }

  /** Runs each operation once more that was parked too often. What kept it may be over. */
  wakeParked(): void {
    for (const id of this.#resting) {
      const { runAfter } = this.operations.rows.get(id) ?? {};
      if (runAfter !== undefined) this.#wake(id, Math.max(0, runAfter.getTime() - this.time.now()));
    }
    this.#resting.clear();
  }

  #wakeAt(operationId: string, at: number): void {
    const inMs = at - this.time.now();
    const { slowTries = 0 } = this.operations.rows.get(operationId) ?? {};
    if (slowTries > SLOW_TRIES_MAX && inMs >= slowRetryMs(SLOW_TRIES_MAX)) this.#resting.add(operationId);
    else this.#wake(operationId, inMs);
  }

  #wake(operationId: string, inMs: number): void {
    this.time.after(inMs, () => void this.#run(operationId));
  }

  async #run(operationId: string): Promise<void> {
    this.#runs += 1;
    const owner = `run-${this.#runs}`;
    const operation = this.operations.begin(operationId, owner);
    if (operation === 'settled') return;
    if (operation === 'busy') {
      const { owner: holder = null, state, runAfter } = this.operations.rows.get(operationId) ?? {};
      // An operation that is not due is woken when it is: one that is parked for a day is not asked for all day.
      const isEarly = state === 'queued' && runAfter !== undefined && runAfter.getTime() > this.time.now();
      // One that runs is found again when its process falls silent.
      if (!isEarly && !this.operations.isHeld(holder)) this.#wake(operationId, BUSY_MS);
      return;
    }
    this.trace.record(() => `   ${operation.job} ${owner} begins (${JSON.stringify(operation.payload)})`);
    const run = new ProcessRun(owner, operation, this.#parts);
    const definition: JobDefinition = catalog[operation.job];
    const now = this.time.date();
    const refused = decideRunStart(operation, definition, { crashesMax: CRASHES_MAX, now });
    if (refused === null) await this.#work(run, deadlineOfRun(operation, definition, now));
    else this.#end(run, refused);
  }

  async #work(run: ProcessRun, deadlineAt: Date): Promise<void> {
    const { operation } = run;
    const handler = bindHandlers(SIMULATED_JOBS, this.#depsOf(run))[operation.job];
    if (handler === undefined) throw new Error(`no handler for ${operation.job}`);
    try {
      const working = handler(operation.payload as never, run.context);
      const outcome = await working;
      if (!run.isTroubled && run.hasWritten) this.witness.settled(recordOf(run));
      this.trace.record(() => `   ${run.name} ends: ${JSON.stringify(outcome)}`);
      this.operations.finish(operation.id, run.owner, 'done', outcome.kind === 'done' ? 'done' : outcome.reason);
    } catch (thrown) {
      // It did something and did not come to see what came of it: the next run may do it again.
      if (run.hasWritten) run.noteTrouble();
      this.#end(run, this.#decideEnd(run, thrown, deadlineAt));
    }
  }

  #decideEnd({ name, operation }: ProcessRun, thrown: unknown, deadlineAt: Date): RunEnd {
    const error = toJobError(thrown);
    // A mistake of ours or of this play: neither is an injected fault.
    if (error.code === 'unknown') throw thrown;
    this.trace.record(() => `   ${name} stops: ${error.code}: ${error.message}`);
    const moment = { now: this.time.date(), random: this.random.next };
    return decideRunEnd({ ...operation, deadlineAt }, catalog[operation.job], error, moment);
  }

  #end(run: ProcessRun, end: RunEnd): void {
    const { operation, owner } = run;
    if (end.kind === 'give-up') this.#giveUp(run, end);
    else if (end.kind === 'requeue') this.operations.requeue(operation.id, owner, end);
    else if (this.operations.park(operation.id, owner, end))
      this.trace.record(() => `   ${run.name} is parked for ${end.waitMs} ms: ${end.code}: ${end.message}`);
  }

  #giveUp({ operation, owner }: ProcessRun, { code, message }: Failure): void {
    if (!this.operations.finish(operation.id, owner, 'failed', code)) return;
    this.trace.record(() => `   ${operation.job} ${owner} is given up: ${code}: ${message}`);
    markGivenUp(this, operation, { code, message });
  }

  #depsOf(run: ProcessRun): Deps {
    const api = createLumaApi(
      createTransport(run, { ...this.#parts, luma: this.luma, witness: this.witness, sendings: this.sendings }),
      async ({ readIds, odd }) => {
        for (const id of readIds) this.tables.unreadable.delete(id);
        for (const { identity } of odd) if (identity.id !== null) this.tables.unreadable.add(identity.id);
      },
    );
    const account: LumaAccount = {
      calendarId: CALENDAR_ID,
      lumaCalendarId: this.luma.calendarId,
      mailOnRsvp: this.options.mailOnRsvp ?? false,
      mailOnUpdate: this.options.mailOnUpdate ?? false,
      coverFallbacks: { byTag: {}, otherwise: null },
      api,
    };
    const { tables, operations, time } = this;
    const { mailConfirmAbove = EVERYBODY } = this.options;
    return connect(run, account, { tables, operations, time, mailConfirmAbove });
  }
}
