import { calendarPull, driftCheck } from '@luma-sync/jobs';
import {
  appendTimeline,
  type CalendarRecord,
  type CalendarWrite,
  createCalendar,
  type Db,
  deleteCalendar,
  enqueueOperation,
  enqueueOperations,
  findCalendar,
  findCalendarAccess,
  isCalendarWithin,
  listCalendars,
  type Reach,
  retryingTransaction,
  setCalendarWebhook,
  updateCalendar,
} from '@luma-sync/store';
import type { CalendarFact } from '@luma-sync/timeline';
import { z } from 'zod';
import { notFound, Problem } from '../../http/problem.js';
import { bodyDoesNotFit } from '../../http/validate.js';
import type { KeyCheck } from '../../luma/key-check.js';
import { accepted, ok, route, toRef, type V1Deps } from '../route.js';
import { calendar, calendarChange, calendarInput, connectionTest, driftCheckInput } from '../schemas/calendar.js';
import { orNull, pageOf, uuid } from '../schemas/fields.js';
import { operationRef } from '../schemas/operation.js';
import { toCalendarWire } from '../wire/to-wire.js';
import { toCalendarChanges } from './calendar-changes.js';
import { getCalendar, requireLumaKey } from './calendar-lookup.js';
import { unknownReference } from './event-problems.js';

const tag = 'Calendars';
const params = z.strictObject({ calendarId: uuid });
const one = z.object({ calendar });

export const calendarRoutes = [
  route({
    method: 'post',
    path: '/v1/calendars',
    scopes: ['admin'],
    isInstallationWide: true,
    audit: { action: 'calendar.create', subjectType: 'calendar' },
    tag,
    summary: 'Add a calendar',
    body: calendarInput,
    answer: { status: 201, description: 'Added', schema: one },
    async askFirst({ body: { isDefault, apiKey } }, { checkKey }) {
      if (apiKey !== undefined) await requireAccepted(apiKey, isDefault === true, checkKey);
    },
    async handle({ body, db, actor, caller: { reach } }, { keyring, publicUrl }) {
      const added = writtenOf(await createCalendar(db, keyring, body), reach);
      await noteCalendar(db, added.id, actor, { fact: 'calendar-created', kind: added.kind });
      return {
        status: 201,
        body: { calendar: toCalendarWire(added, publicUrl) },
        location: `/v1/calendars/${added.id}`,
        audit: { subject: added.id, calendarId: added.id, changes: toCalendarChanges(body, null) },
      };
    },
  }),
  route({
    method: 'get',
    path: '/v1/calendars',
    scopes: ['events:read'],
    tag,
    summary: 'List all calendars',
    answer: { status: 200, description: 'All of them, on one page', schema: pageOf(calendar) },
    async handle({ db, caller: { reach } }, { publicUrl }) {
      const calendars = await listCalendars(db, { reach });
      return ok({ data: calendars.map((record) => toCalendarWire(record, publicUrl)), nextCursor: null });
    },
  }),
  route({
    method: 'get',
    path: '/v1/calendars/{calendarId}',
    scopes: ['events:read'],
    subject: { kind: 'calendar', param: 'calendarId' },
    tag,
    summary: 'Read a calendar',
    params,
    answer: { status: 200, description: 'The calendar', schema: one },
    handle: async ({ params: { calendarId }, db }, { publicUrl }) =>
      ok({ calendar: toCalendarWire(await getCalendar(db, calendarId), publicUrl) }),
  }),
  route({
    method: 'patch',
    path: '/v1/calendars/{calendarId}',
    scopes: ['admin'],
    subject: { kind: 'calendar', param: 'calendarId' },
    audit: { action: 'calendar.change' },
    tag,
    summary: 'Change a calendar',
    params,
    body: calendarChange,
    answer: { status: 200, description: 'Changed', schema: one },
    async askFirst({ params: { calendarId }, body: { isDefault, apiKey }, db }, deps) {
      const given = apiKey ?? (isDefault === true && apiKey === undefined ? await readKey(db, calendarId, deps) : null);
      if (given !== null) await requireAccepted(given, isDefault === true, deps.checkKey);
    },
    async handle({ params: { calendarId }, body, db, actor, caller: { reach } }, { keyring, publicUrl }) {
      const before = await getCalendar(db, calendarId);
      const written = writtenOf(await updateCalendar(db, keyring, calendarId, body), reach);
      const changes = toCalendarChanges(body, before);
      const fields = Object.keys(changes);
      if (fields.length > 0) await noteCalendar(db, calendarId, actor, { fact: 'calendar-changed', fields });
      return { ...ok({ calendar: toCalendarWire(written, publicUrl) }), audit: { calendarId, changes } };
    },
  }),
  route({
    method: 'delete',
    path: '/v1/calendars/{calendarId}',
    scopes: ['admin'],
    subject: { kind: 'calendar', param: 'calendarId' },
    audit: { action: 'calendar.delete' },
    tag,
    summary: 'Remove a calendar through which no event is linked',
    params,
    answer: { status: 204, description: 'Removed' },
    async handle({ params: { calendarId }, db }) {
      const before = await getCalendar(db, calendarId);
      const result = await deleteCalendar(db, calendarId);
      if (result.kind === 'unknown') throw notFound('calendar');
      if (result.kind === 'in-use') {
        throw new Problem(409, 'calendar.in_use', `${result.linkedEvents} events are linked through this calendar`);
      }
      return { status: 204, body: null, audit: { calendarId, changes: { name: before.name } } };
    },
  }),
  route({
    method: 'post',
    path: '/v1/calendars/{calendarId}/test-connection',
    scopes: ['admin'],
    subject: { kind: 'calendar', param: 'calendarId' },
    audit: { none: 'it only asks Luma whether the key works' },
    tag,
    summary: 'Ask Luma whether the calendar’s key works',
    params,
    isSlow: true,
    answer: { status: 200, description: 'What Luma said', schema: connectionTest },
    async handle({ params: { calendarId }, db }, deps: V1Deps) {
      const access = await findCalendarAccess(db, deps.keyring, calendarId);
      if (access === null) throw notFound('calendar');
      return ok(await deps.testConnection(access));
    },
  }),
  route({
    method: 'post',
    path: '/v1/calendars/{calendarId}/webhook',
    scopes: ['admin'],
    subject: { kind: 'calendar', param: 'calendarId' },
    audit: { action: 'calendar.webhook' },
    tag,
    summary: 'Register the calendar’s webhook at Luma, or wake the one that is there, and keep its secret',
    params,
    isSlow: true,
    answer: { status: 200, description: 'It stands', schema: one },
    async handle({ params: { calendarId }, db, actor, audit }, { keyring, publicUrl, registerWebhook }: V1Deps) {
      const access = await findCalendarAccess(db, keyring, calendarId);
      if (access === null) throw notFound('calendar');
      requireLumaKey(access.calendar);
      const answer = await registerWebhook(access, publicUrl);
      if (answer.kind === 'refused') throw new Problem(502, answer.code, answer.reason);
      const kept = await retryingTransaction(db, async (tx) => {
        const calendar = await setCalendarWebhook(tx, keyring, calendarId, answer.value);
        if (calendar === null) return null;
        await noteCalendar(tx, calendarId, actor, { fact: 'calendar-changed', fields: ['webhook'] });
        await audit(tx, { calendarId, changes: { webhookId: calendar.webhookId, webhookSecret: 'set' } });
        return calendar;
      });
      if (kept === null) throw notFound('calendar');
      return ok({ calendar: toCalendarWire(kept, publicUrl) });
    },
  }),
  route({
    method: 'post',
    path: '/v1/calendars/{calendarId}/pulls',
    scopes: ['events:write'],
    subject: { kind: 'calendar', param: 'calendarId' },
    audit: { none: 'it only reads at Luma; the operation names who asked' },
    tag,
    summary: 'Read the calendar’s coming events at Luma and merge them',
    params,
    answer: { status: 202, description: 'Asked for', schema: z.object({ operation: operationRef }) },
    async handle({ params: { calendarId }, db, actor }) {
      requireLumaKey(await getCalendar(db, calendarId));
      const options = { trigger: 'manual', actor, calendarId } as const;
      return accepted({}, await enqueueOperation(db, calendarPull, { calendarId }, options));
    },
  }),
  route({
    method: 'post',
    path: '/v1/drift-checks',
    scopes: ['events:write'],
    audit: { none: 'it only reads at Luma; the operations name who asked' },
    tag,
    summary: 'Compare linked events with what Luma has, for one calendar or for all',
    body: driftCheckInput,
    answer: {
      status: 202,
      description: 'Asked for: one operation per calendar. `operation` is the first of them, null without a calendar.',
      schema: z.object({ operation: orNull(operationRef), operations: z.array(operationRef) }),
    },
    async handle({ body, db, actor, caller: { reach } }) {
      const calendars = await findCheckable(db, body.calendarId, reach);
      const operations = await enqueueOperations(
        db,
        driftCheck,
        calendars.map(({ id }) => ({ payload: { calendarId: id }, trigger: 'manual', actor, calendarId: id })),
      );
      return accepted({ operations: operations.map(toRef) }, operations[0] ?? null);
    },
  }),
];

const noteCalendar = (tx: Db, calendarId: string, actor: string, fact: CalendarFact): Promise<void> =>
  appendTimeline(tx, [{ recordType: 'calendar', recordId: calendarId, actor, fact }]);

async function findCheckable(db: Db, calendarId: string | undefined, reach: Reach): Promise<CalendarRecord[]> {
  if (calendarId === undefined)
    return (await listCalendars(db, { kind: 'luma', reach })).filter(({ hasApiKey }) => hasApiKey);
  const named = await findCalendar(db, calendarId);
  if (named === null || !isCalendarWithin(reach, calendarId)) throw unknownReference('calendarId', 'calendar');
  requireLumaKey(named);
  return [named];
}

/**
 * A key that Luma refuses is not stored. One whose plan has lapsed is: the plan may begin later. The default takes
 * neither, since what goes to it has to be published.
 *
 * @throws {Problem}
 */
async function requireAccepted(apiKey: string, isDefault: boolean, checkKey: KeyCheck): Promise<void> {
  const refusal = await checkKey(apiKey);
  if (refusal === null) return;
  const { code, reason } = refusal;
  if (isDefault) throw defaultUnusable(`${reason}, so the calendar cannot become the default`, 'apiKey');
  if (code === 'luma.plan_inactive') return;
  const message = `${reason}; nothing was stored`;
  throw new Problem(422, 'calendar.key_refused', message, { errors: [{ path: 'apiKey', message }] });
}

const readKey = async (db: Db, calendarId: string, { keyring }: V1Deps): Promise<string | null> =>
  (await findCalendarAccess(db, keyring, calendarId))?.apiKey ?? null;

const defaultUnusable = (message: string, path: string): Problem =>
  new Problem(422, 'calendar.default_unusable', message, { errors: [{ path, message }] });

/** The name of a calendar that the caller does not reach is not told. */
function keyTaken({ id, name }: { id: string; name: string }, reach: Reach): Problem {
  const message = `${isCalendarWithin(reach, id) ? `calendar "${name}"` : 'another calendar'} has this key already`;
  return new Problem(409, 'calendar.key_taken', message, { errors: [{ path: 'apiKey', message }] });
}

function writtenOf(result: CalendarWrite, reach: Reach): CalendarRecord {
  switch (result.kind) {
    case 'written':
      return result.calendar;
    case 'unknown':
      throw notFound('calendar');
    case 'name-taken':
      throw new Problem(409, 'calendar.name_taken', 'another calendar has this name', {
        errors: [{ path: 'name', message: 'another calendar has this name' }],
      });
    case 'ical-url-needed':
      throw bodyDoesNotFit([
        {
          path: 'icalUrl',
          message: 'a calendar of kind ical needs its address; give another one, or delete the calendar',
        },
      ]);
    case 'unknown-organization':
      throw unknownReference('organizationId', 'organization');
    case 'key-taken':
      throw keyTaken(result.by, reach);
    case 'default-unusable':
      throw defaultUnusable('the default calendar has to be of kind luma, with an API key', 'isDefault');
  }
}
