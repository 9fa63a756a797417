import { createHash } from 'node:crypto';
import { toEventState } from '@luma-sync/domain';
import { DAY_MS, PermanentError } from '@luma-sync/jobs';
import type { CallOptions } from '@luma-sync/luma-client';
import { LUMA_IMAGE_BASE_URL, type LumaEvent } from '@luma-sync/luma-contract';
import type {
  BackfillStore,
  EventSyncStore,
  HeldEvent,
  NewBackfillQuestion,
  NewBackfillStep,
  SyncEvent,
  SyncEventWithLink,
} from '@luma-sync/store';
import { coverSources } from '../cover/cover-sources.js';
import { isManagedHere } from '../event/is-managed-here.js';
import { toObservedEventState } from '../event/observe-event.js';
import { mayBe, toUnread, type UnreadEvent } from '../event/unread-event.js';
import { isWithoutAddress } from '../event-create/create-without-address.js';
import { type MatchedBy, matchEvents } from '../event-create/match-events.js';
import { planAdoption } from '../event-create/plan-adoption.js';
import { belongsTo, toOurEvent, toTheirEvent } from '../event-create/to-compared.js';
import type { LumaAccount } from '../luma-account.js';
import { readWholeList } from '../read-listing.js';

export interface MakePlanDeps {
  events: Pick<EventSyncStore, 'listRoutableCalendars'>;
  backfills: Pick<BackfillStore, 'listUnlinked' | 'findHeld' | 'listAnswers'>;
}

/** Everything a plan says, before it is stored. */
export interface PlannedBackfill {
  steps: NewBackfillStep[];
  questions: NewBackfillQuestion[];
  compared: number;
  /** Tells whether a plan made later says the same, on the same grounds. */
  fingerprint: string;
}

/**
 * Events that started longer ago no longer change in a way that matters; a caller that wants the past says since when.
 */
export const DEFAULT_LOOK_BACK_MS = 2 * DAY_MS;
/** As many as one plan holds; a page has 50. */
const PAGES_MAX = 100;

/**
 * Compares our events with Luma's and says what has to be done, without doing anything: one request for each page of
 * Luma's list, and one for each event that is to be adopted, since lists show no descriptions.
 *
 * @throws {PermanentError} `backfill.too_many_events`
 */
export async function makePlan(
  account: LumaAccount,
  { startsAfter, now }: { startsAfter: Date; now: Date },
  deps: MakePlanDeps,
  call: CallOptions,
): Promise<PlannedBackfill> {
  const { events, unread } = await listEvents(account, startsAfter, call);
  const listed = events.filter((event) => isManagedHere(event, account));
  const ours = await listOurs(account.calendarId, startsAfter, deps);
  const held = await deps.backfills.findHeld(listed.map(({ id }) => id));
  const free = listed.filter(({ id }) => held.get(id)?.isImported !== false);
  const matches = matchEvents(
    ours.map(toOurEvent),
    free.map(toTheirEvent),
    await deps.backfills.listAnswers(account.calendarId),
  );
  const ourById = new Map(ours.map((record) => [record.event.id, record]));
  const theirById = new Map(free.map((event) => [event.id, event]));

  const steps: NewBackfillStep[] = [];
  for (const { eventId, lumaEventId, by } of matches.pairs) {
    const record = get(ourById, eventId);
    const found = await account.api.findEvent(lumaEventId, call);
    // Gone since it was listed: the next plan says what that means.
    if (found.kind !== 'found') continue;
    steps.push(toAdoption(record, found.record, { held: held.get(lumaEventId) ?? null, by, account }));
  }
  for (const eventId of matches.onlyOurs) {
    const record = get(ourById, eventId);
    const { title, startsAt } = record.event;
    // Luma may have it, in a form that cannot be read: created now, it might be there twice. The others are created.
    if (unread.some((event) => mayBe(event, { title, startsAt: startsAt.toISOString() }))) continue;
    // Nobody needs an event at Luma that is over.
    if (record.event.endsAt > now) steps.push(toCreate(record, account));
  }
  for (const lumaEventId of matches.onlyTheirs) {
    if (!held.has(lumaEventId)) steps.push(toImport(get(theirById, lumaEventId)));
  }
  const questions = matches.doubts.map(({ eventId, lumaEventId, reason }) => {
    const { name: title, start_at: startsAt, url } = get(theirById, lumaEventId);
    return { eventId, lumaEventId, reason, shown: { title, startsAt, url: url ?? null } };
  });
  return { steps, questions, compared: listed.length + ours.length, fingerprint: toFingerprint(steps, questions) };
}

async function listEvents(
  account: LumaAccount,
  startsAfter: Date,
  call: CallOptions,
): Promise<{ events: LumaEvent[]; unread: UnreadEvent[] }> {
  const query = { after: startsAfter.toISOString(), sort_direction: 'asc' } as const;
  const listing = account.api.listAllEvents(query, call, { maxPages: PAGES_MAX });
  // What half a list lacks would be created a second time.
  const { entries, odd } = await readWholeList(listing, `the event list of calendar ${account.calendarId}`, () =>
    tooMany(account.calendarId),
  );
  return { events: entries, unread: toUnread(odd) };
}

async function listOurs(calendarId: string, startsAfter: Date, deps: MakePlanDeps): Promise<SyncEventWithLink[]> {
  const candidates = await deps.backfills.listUnlinked({ calendarId, startsAfter });
  if (candidates.length > EVENTS_MAX) throw tooMany(calendarId);
  const calendars = await deps.events.listRoutableCalendars();
  return candidates.filter((record) => belongsTo(record, calendarId, calendars));
}

/** As in the store: one more than that tells that there are too many. */
const EVENTS_MAX = 5_000;

const tooMany = (calendarId: string) =>
  new PermanentError(
    'backfill.too_many_events',
    `calendar ${calendarId} has more than ${EVENTS_MAX} events to compare; ask for those that start after a ` +
      'later moment',
  );

const READ = 'GET /v1/events/get';
const LIST = 'GET /v1/calendars/events/list';

function toAdoption(
  { event }: SyncEventWithLink,
  seen: LumaEvent,
  { held, by, account }: { held: HeldEvent | null; by: MatchedBy; account: LumaAccount },
): NewBackfillStep {
  const { take, send } = planAdoption(toEventState(event), toObservedEventState(seen));
  const sends = Object.keys(send);
  return {
    kind: 'adopt',
    eventId: event.id,
    lumaEventId: seen.id,
    mergesEventId: held?.eventId ?? null,
    matchedBy: by,
    basis: adoptionBasisOf(event, seen),
    sends,
    takes: Object.keys(take),
    requests: [
      READ,
      ...('cover' in send ? toUpload(event, account) : []),
      // The push looks once more before it replaces anything, and again at what Luma made of it.
      ...(sends.length === 0 ? [] : [READ, 'POST /v1/events/update', READ]),
    ],
  };
}

function toCreate({ event, link }: SyncEventWithLink, account: LumaAccount): NewBackfillStep {
  // A create that was asked for before may have got through: it is looked for first.
  const look = isWithoutAddress(account, link) ? LIST : 'GET /v1/entities/lookup';
  const lookUp = link?.createAskedAt != null ? [look] : [];
  return {
    kind: 'create',
    eventId: event.id,
    lumaEventId: null,
    mergesEventId: null,
    matchedBy: null,
    basis: createBasisOf(event),
    sends: [],
    takes: [],
    requests: [...lookUp, ...toUpload(event, account), 'POST /v1/events/create', READ],
  };
}

/** Whether the picture is on Luma's image host already shows when it is fetched: then this one request is not made. */
function toUpload(event: SyncEvent, { coverFallbacks }: LumaAccount): string[] {
  const [source] = coverSources(event, coverFallbacks);
  return source === undefined || source.startsWith(LUMA_IMAGE_BASE_URL) ? [] : ['POST /v1/images/create-upload-url'];
}

function toImport(seen: LumaEvent): NewBackfillStep {
  return {
    kind: 'import',
    eventId: null,
    lumaEventId: seen.id,
    mergesEventId: null,
    matchedBy: null,
    basis: importBasisOf(seen),
    sends: [],
    takes: [],
    requests: [READ, LIST],
  };
}

/** What a step was decided on: our revision and Luma's state. */
export function adoptionBasisOf(event: { revision: number }, seen: LumaEvent): string {
  return toBasis(event.revision, toObservedEventState(seen));
}

export const createBasisOf = (event: { revision: number }): string => toBasis(event.revision);

/** Only what lists show as well as single reads. */
export function importBasisOf(seen: LumaEvent): string {
  const { title, startsAt, endsAt, timezone } = toObservedEventState(seen);
  return toBasis({ title, startsAt, endsAt, timezone });
}

function toBasis(...grounds: unknown[]): string {
  return createHash('sha256').update(JSON.stringify(grounds)).digest('hex').slice(0, 32);
}

function toFingerprint(steps: readonly NewBackfillStep[], questions: readonly NewBackfillQuestion[]): string {
  const asked = questions.map(({ eventId, lumaEventId }) => [eventId, lumaEventId]);
  return toBasis(steps, asked);
}

function get<V>(map: ReadonlyMap<string, V>, key: string): V {
  const value = map.get(key);
  if (value === undefined) throw new Error(`nothing was read under ${key}`);
  return value;
}
