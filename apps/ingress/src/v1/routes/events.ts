import { type AppEventInput, putEvent } from '@luma-sync/application';
import {
  type Db,
  type EventView,
  findEventIdByKey,
  findEventView,
  isCalendarWithin,
  listEvents,
  type Reach,
} from '@luma-sync/store';
import { z } from 'zod';
import { decodeCursor, encodeCursor, toPage } from '../../http/cursor.js';
import { notFound } from '../../http/problem.js';
import { bodyDoesNotFit } from '../../http/validate.js';
import { accepted, type Caller, ok, route } from '../route.js';
import { event, eventInput, eventInputKnowing, eventQuery, mailOutlook } from '../schemas/event.js';
import { key, orNull, pageOf } from '../schemas/fields.js';
import { operationRef } from '../schemas/operation.js';
import type { GivenOut } from '../take-back.js';
import { toEventWire } from '../wire/to-wire.js';
import { toEventProblem, unknownReference } from './event-problems.js';

export const eventParams = z.strictObject({ externalId: key });
const tag = 'Events';
const changed = z.object({
  event,
  operation: orNull(operationRef),
  mail: orNull(mailOutlook).meta({ description: 'Null when the edit holds nothing Luma mails about.' }),
});

export const eventRoutes = [
  route({
    method: 'put',
    path: '/v1/events/{externalId}',
    scopes: ['events:write'],
    furtherScopes: [
      {
        scope: 'mail',
        when: 'with `confirmRecipients`; an edit by a key without it is sent so that Luma mails nobody',
        applies: ({ confirmRecipients }) => confirmRecipients !== undefined,
      },
    ],
    subject: { kind: 'event', param: 'externalId', mayBeAbsent: true },
    audit: { none: 'apps do this all day; the event’s timeline names who and what' },
    tag,
    summary:
      'Create or replace an event; when it is approved it is pushed to Luma. With `If-Match: *` it is only ' +
      'replaced: a mistyped id makes no event',
    takesCondition: true,
    params: eventParams,
    body: eventInput,
    answer: { status: 202, description: 'Stored. `operation` is null when there is nothing to push.', schema: changed },
    takesBack: { read: readGivenOut, bodyKnowing: eventInputKnowing },
    async handle({ params, body, db, actor, caller, mustExist }, { defaultTimezone }) {
      const { description, location, endsAt = null, timezone = null, ...rest } = body;
      const input = {
        ...rest,
        endsAt,
        timezone,
        calendarId: await toCalendarId(db, params.externalId, body.calendarId, caller.reach),
        descriptionMd: description,
        location: toLocation(location ?? null, body.meetingUrl),
      };
      const result = await putEvent(db, params.externalId, input, actor, {
        reach: caller.reach,
        mayMail: caller.can('mail'),
        seesPeople: caller.can('people:read'),
        mustExist,
        defaultTimezone,
      });
      if (result.kind !== 'stored') throw toEventProblem(result);
      return accepted({ event: toEventWire(result.view, caller), mail: result.mail }, result.operation);
    },
  }),
  route({
    method: 'get',
    path: '/v1/events/{externalId}',
    scopes: ['events:read'],
    subject: { kind: 'event', param: 'externalId' },
    tag,
    summary: 'Read an event and how it stands with Luma',
    params: eventParams,
    answer: { status: 200, description: 'The event', schema: z.object({ event }) },
    async handle({ params, db, caller }) {
      const id = await findEventIdByKey(db, params.externalId);
      const view = id === null ? null : await findEventView(db, id);
      if (view === null) throw notFound('event');
      return ok({ event: toEventWire(view, caller) });
    },
  }),
  route({
    method: 'get',
    path: '/v1/events',
    scopes: ['events:read'],
    tag,
    summary: 'List events by calendar, organization, time window and state, earliest first',
    query: eventQuery,
    answer: { status: 200, description: 'A page of events', schema: pageOf(event) },
    async handle({ query: { limit, cursor, ...filter }, db, caller }) {
      const views = await listEvents(db, {
        ...filter,
        reach: caller.reach,
        after: decodeCursor(cursor),
        limit: limit + 1,
      });
      const toWire = (view: EventView) => toEventWire(view, caller);
      return ok(toPage(views, limit, toWire, ({ event: { startsAt, id } }) => encodeCursor({ at: startsAt, id })));
    },
  }),
];

/** Another route changes them, or none does. */
const FIXED = ['id', 'externalId', 'source', 'ownership', 'approval', 'cancelMode'];

async function readGivenOut({
  params,
  db,
  caller,
}: {
  params: z.output<typeof eventParams>;
  db: Db;
  caller: Caller;
}): Promise<GivenOut | null> {
  const id = await findEventIdByKey(db, params.externalId);
  const view = id === null ? null : await findEventView(db, id);
  if (view === null) return null;
  const shown = toEventWire(view, caller);
  const { title, description, timezone, location, meetingUrl, coverUrl, visibility, capacity, tags } = shown;
  const known = {
    ...{ title, description, timezone, location, meetingUrl, coverUrl, visibility, capacity, tags },
    startsAt: view.event.startsAt,
    endsAt: view.event.endsAt,
    host: shown.host,
    calendarId: shown.calendarId ?? undefined,
    organizationId: shown.organizationId ?? undefined,
    confirmRecipients: undefined,
  };
  return { shown, known, fixed: FIXED };
}

type GivenLocation = NonNullable<z.output<typeof eventInput>['location']>;

/** @throws {Problem} 422 where the kind of place is left out and could be either. */
function toLocation(given: GivenLocation | null, meetingUrl: string | null): AppEventInput['location'] {
  if (given === null) return { type: 'tbd', name: null, address: null, lat: null, lng: null };
  const { type, city: _city, country: _country, ...place } = given;
  if (type != null) return { ...place, type };
  const isSomewhere = place.name !== null || place.address !== null || place.lat !== null;
  if (isSomewhere && meetingUrl !== null) {
    const message = 'says no type: with a place and a meeting link it may be physical or online';
    throw bodyDoesNotFit([{ path: 'location', message }]);
  }
  return { ...place, type: isSomewhere ? 'physical' : meetingUrl === null ? 'tbd' : 'online' };
}

/**
 * Where a new event of a key that is bound to calendars goes: left unplaced, the key that made it would not reach it.
 */
async function toCalendarId(db: Db, key: string, given: string | undefined, reach: Reach): Promise<string | undefined> {
  if (reach === null) return given;
  if (given !== undefined) {
    if (!isCalendarWithin(reach, given)) throw unknownReference('calendarId', 'calendar');
    return given;
  }
  if ((await findEventIdByKey(db, key)) !== null) return undefined;
  const [only, ...others] = reach;
  if (others.length === 0) return only;
  const message = 'this key is bound to several calendars: say which of them the event is for';
  throw bodyDoesNotFit([{ path: 'calendarId', message }]);
}
