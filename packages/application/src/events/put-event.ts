import {
  applySubmitted,
  changedColumns,
  decideApproval,
  isMailedAbout,
  isMoved,
  isSubmitted,
  PUBLISHING_ROLES,
  routeToCalendar,
  toSubmitted,
} from '@luma-sync/domain';
import {
  appendTimeline,
  type CalendarRules,
  type EnqueuedOperation,
  type Event,
  type EventHost,
  type EventLink,
  type EventView,
  findCalendarRules,
  getCalendarRules,
  getEventLinkAndHosts,
  getEventView,
  insertEvent,
  isCalendarWithin,
  isOrganizationKnown,
  listRoutableCalendars,
  lockEventByKey,
  type Reach,
  reopenRefusedTags,
  replaceHost,
  reviseEvent,
  storeStated,
  type Tx,
} from '@luma-sync/store';
import type { EventFact } from '@luma-sync/timeline';
import { type ConfirmationNeeded, judgeEditMail, type MailPreview } from '../mails/confirm.js';
import { approvalAfterEdit, isHostChanged } from './event-changes.js';
import { type AppColumns, type AppEventInput, type AppHost, normalizeHost, toAppColumns } from './event-input.js';
import { requestEventPush } from './request-push.js';

export type EventRefusal =
  | { kind: 'unknown' }
  /** The caller meant one that exists. */
  | { kind: 'absent' }
  | { kind: 'unknown-calendar' }
  | { kind: 'unknown-organization' }
  /** The body names no time zone, and neither its calendar nor the installation has a default. */
  | { kind: 'no-timezone' }
  /** It was pushed through another calendar and stays there. */
  | { kind: 'calendar-pinned'; calendarId: string }
  | { kind: 'cancelled' }
  /** Someone else's event, which we only follow. */
  | { kind: 'read-only' }
  | ConfirmationNeeded;

export type PutEventResult =
  | {
      kind: 'stored';
      view: EventView;
      /** Null when there is nothing to push: not approved, or the body changed nothing. */
      operation: EnqueuedOperation | null;
      /** Whether Luma may mail guests about the edit; null when it holds nothing Luma mails about. */
      mail: MailPreview | null;
    }
  | EventRefusal;

/** What the caller's key allows. */
export interface PutEventRights {
  /** Calendars the caller is bound to; absent: none in particular. */
  reach?: Reach;
  /** Whether Luma may mail guests because of it, as far as the calendar lets it. Default true. */
  mayMail?: boolean;
  /** Nothing is created. Default false. */
  mustExist?: boolean;
  /** False: the caller reads hosts without name and address, and takes none away by repeating that. Default true. */
  seesPeople?: boolean;
  /** Of new events that name no time zone, where their calendar has none. Default: there is none. */
  defaultTimezone?: string | null;
}

/**
 * Takes over an event as the app states it, with the push it needs, in one commit. Equal bodies, repeated or at once,
 * make one event and one revision. What the app repeats takes back nothing that a host changed at Luma: only what
 * differs from its own last word is an edit.
 *
 * @param key   The app's id of the event; ours for one that began at Luma.
 * @param actor Who says so: the name of the API key.
 */
export async function putEvent(
  tx: Tx,
  key: string,
  input: AppEventInput,
  actor: string,
  rights: PutEventRights = {},
): Promise<PutEventResult> {
  const host = normalizeHost(input.host);
  const id = await lockEventByKey(tx, key);
  if (id === null && rights.mustExist === true) return { kind: 'absent' };
  const refusal = await findUnknownReference(tx, input);
  if (refusal !== null) return refusal;
  return id === null
    ? createEvent(tx, key, input, host, { actor, ...rights })
    : updateEvent(tx, id, input, host, { actor, ...rights });
}

async function createEvent(
  tx: Tx,
  key: string,
  input: AppEventInput,
  host: AppHost | null,
  { actor, defaultTimezone = null }: PutEventRights & { actor: string },
): Promise<PutEventResult> {
  const destination = await findDestination(tx, input);
  const approval = decideApproval(host?.role ?? null, destination?.publishingRoles ?? PUBLISHING_ROLES);
  const timezone = input.timezone ?? destination?.defaultTimezone ?? defaultTimezone;
  if (timezone === null) return { kind: 'no-timezone' };
  const said = toAppColumns(input, null, timezone);
  const columns = { ...said, stated: toSubmitted(said), externalId: key, source: 'app', approval } as const;
  const event = await insertEvent(tx, columns, host);
  await note(tx, event.id, actor, { fact: 'event-created', approval, hostRole: host?.role ?? null });
  return finish(tx, event, null, actor, null);
}

async function updateEvent(
  tx: Tx,
  id: string,
  input: AppEventInput,
  given: AppHost | null,
  { actor, reach = null, mayMail = true, seesPeople = true }: PutEventRights & { actor: string },
): Promise<PutEventResult> {
  const { event: before, link, hosts } = await getEventLinkAndHosts(tx, id);
  if (!isCalendarWithin(reach, link?.calendarId ?? before.calendarId)) return { kind: 'unknown' };
  if (before.ownership === 'referenced' || before.source === 'ical') return { kind: 'read-only' };
  if (link !== null && input.calendarId !== undefined && input.calendarId !== link.calendarId) {
    return { kind: 'calendar-pinned', calendarId: link.calendarId };
  }
  const host = seesPeople ? given : withoutUnseen(given, hosts);
  const said = toAppColumns(input, before, before.timezone);
  const wanted = applySubmitted<AppColumns>(before, before.stated, said);
  const changed: string[] = changedColumns(before, wanted);
  if (isHostChanged(hosts, host)) changed.push('host');
  if (changed.length === 0) {
    // It may say for the first time what Luma said before.
    if (!isSubmitted(before.stated, said)) await storeStated(tx, id, toSubmitted(said));
    return { kind: 'stored', view: await getEventView(tx, id), operation: null, mail: null };
  }
  if (before.approval === 'cancelled') return { kind: 'cancelled' };

  const mail = await judgeMail(tx, before, link, { changed, confirmed: input.confirmRecipients, actor });
  if (mail !== null && 'kind' in mail) return mail;
  if (host !== null) await replaceHost(tx, id, host);
  const calendarId = link?.calendarId ?? input.calendarId ?? before.calendarId ?? undefined;
  const destination = await findDestination(tx, { ...input, calendarId });
  const approval = approvalAfterEdit(before.approval, given, destination?.publishingRoles ?? PUBLISHING_ROLES);
  const event = await reviseEvent(tx, id, {
    ...wanted,
    stated: toSubmitted(said),
    approval,
    ...(mayMail ? {} : { quietRevision: before.revision + 1 }),
    // City and country come from Luma and belong to the place that was.
    ...(isMoved(changed) ? { locationCity: null, locationCountry: null } : {}),
  });
  // What Luma refused of the tags before is sent once more.
  if (changed.includes('tags')) await reopenRefusedTags(tx, id);
  const { revision } = event;
  const decided = approval === before.approval ? null : approval;
  await note(tx, id, actor, { fact: 'event-edited', revision, fields: changed, approval: decided });
  return finish(tx, event, link?.calendarId ?? null, actor, mayMail || mail === null ? mail : { ...mail, ...SILENT });
}

/** What the calendar that the event goes to says of events, as far as it is known yet. */
async function findDestination(tx: Tx, { calendarId, location }: AppEventInput): Promise<CalendarRules | null> {
  const { lat, lng } = location;
  const place = lat === null || lng === null ? null : { lat, lng };
  const id = calendarId ?? routeToCalendar(place, await listRoutableCalendars(tx))?.id;
  return id === undefined ? null : findCalendarRules(tx, id);
}

/** A host as a caller without `people:read` reads it says nothing new of the host. */
function withoutUnseen(host: AppHost | null, stored: readonly EventHost[]): AppHost | null {
  if (host === null || host.name !== null || host.email !== null) return host;
  const isStored = stored.some(({ externalId, role }) => externalId === host.externalId && role === host.role);
  return isStored ? null : host;
}

const SILENT = { allowed: false, reason: 'No mail: the API key has not the scope "mail".' };

/** Guests are told of changes at Luma, so only of an event that is there. */
async function judgeMail(
  tx: Tx,
  event: Event,
  link: EventLink | null,
  { changed, confirmed, actor }: { changed: readonly string[]; confirmed: number | undefined; actor: string },
): Promise<ConfirmationNeeded | MailPreview | null> {
  if (link === null || link.lumaEventId === null || event.approval !== 'approved' || !isMailedAbout(changed))
    return null;
  const calendar = await getCalendarRules(tx, link.calendarId);
  return judgeEditMail(tx, { eventId: event.id, calendar, confirmed, actor });
}

async function finish(
  tx: Tx,
  event: Event,
  pinnedCalendarId: string | null,
  actor: string,
  mail: MailPreview | null,
): Promise<PutEventResult> {
  const operation =
    event.approval === 'approved'
      ? await requestEventPush(tx, event, { pinnedCalendarId, trigger: 'api', actor })
      : null;
  return { kind: 'stored', view: await getEventView(tx, event.id), operation, mail };
}

async function findUnknownReference(
  tx: Tx,
  { calendarId, organizationId }: AppEventInput,
): Promise<EventRefusal | null> {
  if (calendarId !== undefined && (await findCalendarRules(tx, calendarId)) === null)
    return { kind: 'unknown-calendar' };
  if (organizationId !== undefined && !(await isOrganizationKnown(tx, organizationId)))
    return { kind: 'unknown-organization' };
  return null;
}

const note = (tx: Tx, eventId: string, actor: string, fact: EventFact): Promise<void> =>
  appendTimeline(tx, [{ recordType: 'event', recordId: eventId, actor, fact }]);
