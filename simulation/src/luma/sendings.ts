import type { EventField, WritableApprovalStatus } from '@luma-sync/domain';
import type { InProcessLuma, InProcessRequest } from '@luma-sync/luma-sim';
import type { ProcessRun } from '../ours/process-run.js';
import { namedFields } from './luma-fields.js';
import { findGuest } from './witness.js';

/**
 * One write of ours as it left the process, whatever became of it. The invariants of mails read it, since what a played
 * Luma mails is only part of what a real one may.
 */
export interface Sending {
  kind: 'create' | 'update' | 'add' | 'status';
  at: number;
  /** What was said since it began may or may not be in its sendings. */
  run: ProcessRun;
  /** By our id. */
  eventId: string;
  lumaEventId: string | null;
  mayMail: boolean;
  /** Mail addresses it speaks of. */
  emails: readonly string[];
  status: WritableApprovalStatus | null;
  fields: readonly EventField[];
  /** When our process had Luma's 200; null when it never did. */
  acceptedAt: number | null;
  /** Luma refused it whole: nothing came of it. */
  isRefused: boolean;
  /**
   * What its run had looked for and when it had the answer: `event`, `guests` for the list, or a guest's address or id.
   */
  lookedAt: ReadonlyMap<string, number>;
}

type Body = {
  event_id?: string;
  guest_id?: string;
  status?: WritableApprovalStatus;
  approval_status?: WritableApprovalStatus;
  guests?: { email: string }[];
  send_email?: boolean;
  suppress_notifications?: boolean;
};

const KINDS: Record<string, Sending['kind']> = {
  '/v1/events/create': 'create',
  '/v1/events/update': 'update',
  '/v1/events/guests/add': 'add',
  '/v1/events/guests/update-status': 'status',
};

/** Every write of ours, in the order in which they left. */
export class Sendings {
  readonly list: Sending[] = [];
  /** What a run has looked for, and when it had the answer. */
  readonly #looks = new WeakMap<ProcessRun, Map<string, number>>();

  constructor(
    private readonly luma: InProcessLuma,
    private readonly now: () => number,
  ) {}

  /** A request leaves. @returns what is told of its answer; null for a read. */
  leaves(run: ProcessRun, { path, body }: InProcessRequest): Sending | null {
    const kind = KINDS[path];
    if (kind === undefined) return null;
    const said = (body ?? {}) as Body;
    const { eventId = '' } = run.operation.payload as { eventId?: string };
    const sending: Sending = {
      kind,
      at: this.now(),
      run,
      eventId,
      lumaEventId: said.event_id ?? null,
      mayMail:
        kind === 'update' ? said.suppress_notifications === false : kind !== 'create' && said.send_email !== false,
      emails: this.#emailsOf(said),
      status: said.status ?? said.approval_status ?? null,
      fields: kind === 'update' ? namedFields(said) : [],
      acceptedAt: null,
      isRefused: false,
      lookedAt: new Map(this.#looksOf(run)),
    };
    this.list.push(sending);
    return sending;
  }

  /** The answer has come to our process. */
  answered(run: ProcessRun, request: InProcessRequest, sending: Sending | null, status: number): void {
    if (sending !== null) {
      if (status === 200) sending.acceptedAt = this.now();
      // A batch is refused after some of it was taken in.
      if (status === 400) sending.isRefused = sending.kind !== 'add';
      return;
    }
    const looks = this.#looksOf(run);
    if (request.path === '/v1/entities/lookup') looks.set('event', this.now());
    if (request.path === '/v1/events/guests/get') looks.set(String(request.query.id).toLowerCase(), this.now());
    if (request.path === '/v1/events/guests/list') looks.set('guests', this.now());
  }

  #looksOf(run: ProcessRun): Map<string, number> {
    const known = this.#looks.get(run);
    if (known !== undefined) return known;
    const looks = new Map<string, number>();
    this.#looks.set(run, looks);
    return looks;
  }

  #emailsOf({ event_id, guest_id, guests = [] }: Body): string[] {
    const event = this.luma.world.events.get(event_id ?? '');
    if (guest_id === undefined) return guests.map(({ email }) => email);
    const guest = event === undefined ? undefined : findGuest(event, guest_id);
    return guest === undefined ? [] : [guest.email];
  }
}
