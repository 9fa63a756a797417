import {
  findCalendar,
  findEventIdByKey,
  findPersonByKey,
  findRsvpView,
  readEventTimeline,
  readRecordTimeline,
  readRsvpTimeline,
  type TimelineQuery,
  type TimelineRow,
} from '@luma-sync/store';
import { z } from 'zod';
import { decodeNumberCursor, encodeNumberCursor, toPage } from '../../http/cursor.js';
import { notFound } from '../../http/problem.js';
import { type Answer, ok, route } from '../route.js';
import { key, pageOf, uuid } from '../schemas/fields.js';
import { timelineEntry, timelineQuery } from '../schemas/timeline.js';
import { toTimelineWire } from '../wire/to-wire.js';
import { eventParams } from './events.js';

const answer = { status: 200, description: 'A page of entries', schema: pageOf(timelineEntry) };

async function toAnswer(
  { limit, cursor }: z.output<typeof timelineQuery>,
  read: (query: TimelineQuery) => Promise<TimelineRow[]>,
): Promise<Answer> {
  const rows = await read({ after: decodeNumberCursor(cursor), limit: limit + 1 });
  return ok(toPage(rows, limit, toTimelineWire, (row) => encodeNumberCursor(row.id)));
}

/** What was seen, decided, asked, answered, mailed and left undone, and why. */
export const timelineRoutes = [
  route({
    method: 'get',
    path: '/v1/events/{externalId}/timeline',
    scopes: ['events:read', 'people:read'],
    subject: { kind: 'event', param: 'externalId' },
    tag: 'Timeline',
    summary: 'Read what happened to an event, its RSVPs and their coupons, oldest first',
    params: eventParams,
    query: timelineQuery,
    answer,
    async handle({ params, query, db }) {
      const id = await findEventIdByKey(db, params.externalId);
      if (id === null) throw notFound('event');
      return toAnswer(query, (page) => readEventTimeline(db, id, page));
    },
  }),
  route({
    method: 'get',
    path: '/v1/events/{externalId}/rsvps/{personId}/timeline',
    scopes: ['events:read', 'people:read'],
    subject: { kind: 'event', param: 'externalId' },
    tag: 'Timeline',
    summary: 'Read what happened to one person’s answer, and the runs that carried it, oldest first',
    params: z.strictObject({ externalId: key, personId: key }),
    query: timelineQuery,
    answer,
    async handle({ params, query, db }) {
      const eventId = await findEventIdByKey(db, params.externalId);
      if (eventId === null) throw notFound('event');
      const person = await findPersonByKey(db, params.personId);
      const view = person && (await findRsvpView(db, eventId, person.id));
      if (!person || !view) throw notFound('rsvp');
      const about = { rsvpId: view.rsvp.id, eventId, personId: person.id };
      return toAnswer(query, (page) => readRsvpTimeline(db, about, page));
    },
  }),
  route({
    method: 'get',
    path: '/v1/calendars/{calendarId}/timeline',
    scopes: ['events:read'],
    subject: { kind: 'calendar', param: 'calendarId' },
    tag: 'Timeline',
    summary: 'Read what happened to a calendar: its key, its webhook, its pulls and checks, oldest first',
    params: z.strictObject({ calendarId: uuid }),
    query: timelineQuery,
    answer,
    async handle({ params: { calendarId }, query, db }) {
      if ((await findCalendar(db, calendarId)) === null) throw notFound('calendar');
      return toAnswer(query, (page) => readRecordTimeline(db, calendarId, page));
    },
  }),
];
