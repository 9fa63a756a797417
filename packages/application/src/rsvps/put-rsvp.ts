import { type AppPersonInput, holdsPlace, type RsvpStatus, takesPlace, toApprovalStatus } from '@luma-sync/domain';
import { rsvpPush } from '@luma-sync/jobs';
import {
  appendTimeline,
  type EnqueuedOperation,
  type ErasedAddresses,
  type EventOfRsvp,
  enqueueOperation,
  findEventOfRsvp,
  findPersonByKey,
  findRsvpId,
  getRsvpView,
  mayReturn,
  NOBODY_ERASED,
  type RsvpView,
  requestAnswerPush,
  type StoredPerson,
  storePerson,
  type Tx,
  takeOverRefusal,
  type Written,
  wasDeclinedAtLuma,
  writeAnswer,
  writeDecision,
} from '@luma-sync/store';
import type { RsvpFact } from '@luma-sync/timeline';

export type PutRsvpResult =
  /** `operation` is null when there is nothing to tell Luma. */
  | { kind: 'stored'; view: RsvpView; operation: EnqueuedOperation | null }
  | { kind: 'unknown-event' }
  | { kind: 'unknown-rsvp' }
  /** No new places at a cancelled event; leaving it is always possible. */
  | { kind: 'event-cancelled' }
  | { kind: 'email-taken' }
  /** Luma shows the person as declined, and not because of us: only a host's explicit decision goes beyond that. */
  | { kind: 'declined-at-luma' }
  /** The person with this address was erased, and the app has no proof that they are back. */
  | { kind: 'person-erased' };

export interface AppRsvpInput extends AppPersonInput {
  status: RsvpStatus;
}

/** Which answer. */
interface RsvpKeys {
  /** The app's id of the event, else ours. */
  eventKey: string;
  /** The app's id of the person, else ours. */
  personKey: string;
}

/** What the caller's key allows. */
export interface RsvpRights {
  /** Whether Luma may mail the person because of it, as far as the calendar lets it. Default true. */
  mayMail?: boolean;
  /** People who were erased. Default: nobody was. */
  erased?: Pick<ErasedAddresses, 'find'>;
}

/**
 * Takes over one person's answer as the app states it, with the push it needs, in one commit. A repeated answer changes
 * nothing, also where a host decided otherwise since, here or at Luma.
 */
export async function putRsvp(
  tx: Tx,
  { eventKey, personKey }: RsvpKeys,
  input: AppRsvpInput,
  actor: string,
  rights: RsvpRights = {},
): Promise<PutRsvpResult> {
  const event = await findEventOfRsvp(tx, eventKey);
  if (event === null) return { kind: 'unknown-event' };
  if (event.approval === 'cancelled' && takesPlace(input.status)) return { kind: 'event-cancelled' };
  if (!(await mayReturn(tx, personKey, input, rights.erased ?? NOBODY_ERASED))) return { kind: 'person-erased' };
  if (await wasDeclinedAtLuma(tx, event.id, personKey, input)) return { kind: 'declined-at-luma' };
  const person = await storePerson(tx, personKey, input, actor);
  if (person.kind === 'email-taken') return person;
  const written = await writeAnswer(tx, event.id, person.id, input.status, person.isChanged);
  return finish(tx, event, person.id, { ...rights, actor, written, fact: toFact(person, written) });
}

/**
 * A host's decision on an answer that exists. It goes beyond a refusal that Luma shows
 * (docs/adr/0012-who-undoes-a-refusal.md): the host who decides sees the answer as refused.
 */
export async function decideRsvp(
  tx: Tx,
  { eventKey, personKey }: RsvpKeys,
  status: RsvpStatus,
  actor: string,
  rights: RsvpRights = {},
): Promise<PutRsvpResult> {
  const event = await findEventOfRsvp(tx, eventKey);
  if (event === null) return { kind: 'unknown-event' };
  const person = await findPersonByKey(tx, personKey);
  const rsvpId = person && (await findRsvpId(tx, event.id, person.id));
  if (person === null || rsvpId === null) return { kind: 'unknown-rsvp' };
  if (event.approval === 'cancelled' && takesPlace(status)) return { kind: 'event-cancelled' };
  const written = await writeDecision(tx, rsvpId, status);
  if (written.isChanged && holdsPlace(status)) await takeOverRefusal(tx, rsvpId);
  const fact = { fact: 'rsvp-decided', revision: written.revision, status } as const;
  return finish(tx, event, person.id, { ...rights, actor, written, fact });
}

async function finish(
  tx: Tx,
  event: EventOfRsvp,
  personId: string,
  { written, actor, fact, mayMail = true }: RsvpRights & { written: Written; actor: string; fact: RsvpFact },
): Promise<PutRsvpResult> {
  if (!written.isChanged) return { kind: 'stored', view: await getRsvpView(tx, event.id, personId), operation: null };
  await appendTimeline(tx, [
    {
      recordType: 'rsvp',
      recordId: written.id,
      eventId: event.id,
      actor,
      fact,
    },
  ]);
  const view = await getRsvpView(tx, event.id, personId);
  if (toApprovalStatus(view.rsvp.status) === null) return { kind: 'stored', view, operation: null };
  // Counted as sent, so that sending it is a repeat, which mails nobody.
  const sentRevision = mayMail ? 0 : written.revision;
  const ownRevision = event.approval === 'approved' ? written.revision : 0;
  await requestAnswerPush(tx, written.id, { sentRevision, ownRevision });
  // Last: all answers to this event meet at this row, so it should be held as shortly as can be.
  const operation = await enqueueOperation(
    tx,
    rsvpPush,
    { eventId: event.id },
    { trigger: 'api', actor, eventId: event.id, calendarId: event.calendarId },
  );
  return {
    kind: 'stored',
    view: { ...view, sync: { ...view.sync, state: 'pending_push', lastError: null, isMailHeld: false } },
    operation,
  };
}

/** Who it was stands in the row, not in the story. */
function toFact(
  person: Extract<StoredPerson, { kind: 'stored' }>,
  { revision, status }: Written,
): Extract<RsvpFact, { fact: 'rsvp-answered' }> {
  const origins = {
    create: 'new',
    update: person.isChanged ? 'changed' : 'known',
    'take-over': 'taken-over',
    absorb: 'absorbed',
  } as const;
  return { fact: 'rsvp-answered', revision, status, person: origins[person.plan] };
}
