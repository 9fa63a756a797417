import type { EventRecordChanges } from '../events/event-record.js';
import type { EventState } from '../events/event-state.js';
import { type LinkError, toLinkError } from '../links/link-error.js';
import type { Base } from '../merge/three-way.js';
import type { EventLink, EventLinkChange, RegistrationRefusal } from './event-link.js';

/** Edits that follow each other within this time travel together: a hundred of them in a second cost two requests. */
const EDITS_GATHER_MS = 1_000;

/**
 * Luma's copy is behind. What is gone at Luma stays so until Luma shows it again: a push would be refused, and with it
 * every answer to the event.
 */
export const requestEventPush = ({ state }: Pick<EventLink, 'state'>): EventLinkChange =>
  state === 'source_deleted' ? {} : { state: 'pending_push', lastError: null };

/**
 * How long a push waits for further edits. A new event goes out at once, and so does what a person asks for by hand.
 *
 * @param isLinked The event is pinned to a calendar.
 */
export const gatherEditsMs = (isLinked: boolean, trigger: string): number =>
  isLinked && trigger === 'api' ? EDITS_GATHER_MS : 0;

/** An event that was never compared has nothing to store an intent in. */
export const recordEventIntent = (link: Pick<EventLink, 'base'>, base: Base<EventState>): EventLinkChange =>
  link.base === null ? {} : { base };

export interface AnsweredPush {
  /** The revision of ours that Luma now holds. */
  revision: number;
  base: Base<EventState>;
  observedAt: Date;
  url: string | null;
  /** Fields that Luma changed meanwhile, to be taken over, unless our event has moved on since. */
  take: EventRecordChanges;
  /** The event came back, and Luma takes registrations for it again. */
  isReopened?: boolean;
  /**
   * Luma's refusal to open or close registration; null: it refused nothing. Absent: it was not asked, so what is known
   * stays.
   */
  registrationRefused?: RegistrationRefusal | null | undefined;
  /** What of ours Luma cannot have though the push went through: a cover that cannot be used. */
  problem: { code: string; message: string } | null;
}

/** What a push brings back for our event. Only for the revision that was pushed. */
export const toPushedEvent = ({
  take,
  url,
  isReopened,
}: AnsweredPush): EventRecordChanges & {
  url?: string;
  cancelMode?: null;
} => ({
  ...take,
  ...(url === null ? {} : { url }),
  ...(isReopened === true ? { cancelMode: null } : {}),
});

/**
 * Whether a push has to start over: its base counts the taken fields as taken, and our event has moved on without them.
 *
 * @param isCurrent Our event is still at the revision that was pushed.
 */
export const isOvertaken = ({ take }: Pick<AnsweredPush, 'take'>, isCurrent: boolean): boolean =>
  !isCurrent && Object.keys(take).length > 0;

/** What both sides now agree on. An edit in between has a push of its own. */
export const confirmEventPush = (push: AnsweredPush, isCurrent: boolean, at: Date): EventLinkChange => ({
  pushedRevision: push.revision,
  base: push.base,
  observedAt: push.observedAt,
  checkedAt: push.observedAt,
  syncedAt: at,
  state: isCurrent ? 'synced' : 'pending_push',
  ...(push.registrationRefused === undefined ? {} : { registrationRefused: push.registrationRefused }),
  lastError: push.problem === null ? null : toLinkError(push.problem, at),
});

const isInEventPush = ({ state }: Pick<EventLink, 'state'>): boolean =>
  state === 'pending_push' || state === 'push_failed';

/**
 * The operation was given up, until an edit or a replay. A link whose last request had got through before its worker
 * died stays as it is.
 */
export const failEventPush = (
  link: Pick<EventLink, 'state'>,
  error: { code: string; message: string },
  at: Date,
): EventLinkChange => (isInEventPush(link) ? { state: 'push_failed', lastError: toLinkError(error, at) } : {});

/** The push is tried again later: the event says why it is late, and when that is. */
export const delayEventPush = (link: Pick<EventLink, 'state'>, error: LinkError): EventLinkChange =>
  isInEventPush(link) ? { state: 'pending_push', lastError: error } : {};
