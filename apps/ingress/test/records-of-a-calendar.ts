import type { Database } from '@luma-sync/store';

/** One record of each kind that hangs on one calendar, by the parameter that names it in paths. */
export interface RecordsOfACalendar {
  /** Of the path `/v1/events/{externalId}/...`; its `personId` answered it. */
  externalId: string;
  eventId: string;
  personId: string;
  rsvpId: string;
  calendarId: string;
  planId: string;
  backfillQuestionId: string;
  removalQuestionId: string;
  poolId: string;
  operationId: string;
  deliveryId: string;
  /** Of an unreadable record. */
  recordId: string;
  conflictId: string;
  messageId: string;
}

const SHOWN = { title: 'Drum circle', startsAt: '2027-01-05T12:30:00.000Z', url: null };

/** @param name Begins the names of all records, so that two calendars' records can be told apart in any answer. */
export async function addRecords(db: Database, name: string, calendarId: string): Promise<RecordsOfACalendar> {
  const event = await db.event.create({
    data: {
      externalId: `${name}-event`,
      source: 'app',
      approval: 'approved',
      title: `${name} event`,
      startsAt: new Date('2027-01-05T12:30:00Z'),
      endsAt: new Date('2027-01-05T14:30:00Z'),
      timezone: 'Asia/Kolkata',
      stated: {},
      link: { create: { calendarId, lumaEventId: `evt-${name}`, state: 'synced' } },
      hosts: { create: { externalId: `${name}-host`, name: `${name} host`, email: `${name}.host@example.org` } },
    },
  });
  const eventId = event.id;
  const person = await db.person.create({
    data: { externalId: `${name}-person`, name: `${name} person`, email: `${name}@example.org`, origin: 'app' },
  });
  const rsvp = await db.rsvp.create({
    data: {
      eventId,
      personId: person.id,
      status: 'going',
      link: { create: { lumaGuestId: `gst-${name}`, state: 'removed' } },
    },
  });
  const now = new Date();
  await db.calendar.update({ where: { id: calendarId }, data: { mailOnRsvp: true } });
  const held = { lumaGuestId: `gst-${name}-held`, askedAt: now, askedRevision: 1, mailHeldRevision: 1 };
  await db.rsvp.create({
    data: {
      event: { connect: { id: eventId } },
      person: { create: { externalId: `${name}-held`, email: `${name}.held@example.org`, origin: 'app' } },
      status: 'going',
      link: { create: { ...held, state: 'synced' } },
    },
  });
  const before = { status: 'going', base: null, decidedBy: 'us' };
  await db.absence.create({
    data: { recordType: 'rsvp', recordId: rsvp.id, scopeId: eventId, firstMissingAt: now, lastMissingAt: now, before },
  });
  const pool = await db.couponPool.create({
    data: {
      name: `${name} pool`,
      calendarId,
      events: { create: { eventId } },
      codes: { create: { code: `${name}-A` } },
    },
    include: { codes: true },
  });
  const codeId = pool.codes[0]?.id ?? '';
  const message = await db.message.create({
    data: {
      kind: 'coupon',
      recipient: `${name}@example.org`,
      idempotencyKey: `coupon-${name}`,
      state: 'unknown',
      askedAt: now,
      assignment: { create: { poolId: pool.id, personId: person.id, codeId, eventId } },
    },
  });
  const operation = await db.operation.create({
    data: {
      job: 'event.push',
      dedupeKey: `event.push:${eventId}`,
      payload: { eventId },
      priority: 1,
      state: 'failed',
      trigger: 'api',
      actor: 'app',
      eventId,
      calendarId,
      deadlineAt: now,
      finishedAt: now,
      dispatchAt: null,
    },
  });
  const unreadable = await db.unreadableRecord.create({
    data: {
      ...{
        calendarId,
        kind: 'event',
        lumaId: `evt-odd-${calendarId}`,
        recordKey: `evt-odd-${calendarId}`,
        isTaken: false,
      },
      ...{ source: 'list', problems: [], readingVersion: 1 },
    },
  });
  const delivery = await db.webhookDelivery.create({
    data: { calendarId, webhookId: `wh-${name}`, type: 'event.updated', rawBody: '{}', signedAt: now },
  });
  const conflict = await db.conflict.create({
    data: {
      ...{ recordType: 'event', recordId: eventId, field: 'title', base: 'Before', ours: event.title },
      ...{ theirs: 'Theirs', rule: 'owner_app', resolution: 'ours' },
    },
  });
  const removal = await db.removalQuestion.create({
    data: { recordType: 'rsvp', scopeId: eventId, missing: 6, total: 40, recordIds: [] },
  });
  const plan = await db.backfillPlan.create({
    data: {
      ...{ calendarId, actor: 'operator', startsAfter: now, fingerprint: 'f', requests: 0 },
      ...{ perMinute: 190, compared: 1, questions: 1 },
    },
  });
  // One that is linked cannot be asked about.
  const asked = await db.event.create({
    data: {
      ...{ externalId: `${name}-asked`, source: 'app', approval: 'approved', title: `${name} asked`, calendarId },
      ...{ startsAt: event.startsAt, endsAt: event.endsAt, timezone: 'Asia/Kolkata' },
    },
  });
  const question = await db.backfillQuestion.create({
    data: { calendarId, eventId: asked.id, lumaEventId: `evt-other-${name}`, shown: SHOWN, reason: 'several_fit' },
  });
  return {
    ...{ externalId: `${name}-event`, eventId, personId: `${name}-person`, rsvpId: rsvp.id, calendarId },
    ...{ planId: plan.id, backfillQuestionId: question.id, removalQuestionId: removal.id, poolId: pool.id },
    ...{
      operationId: operation.id,
      deliveryId: delivery.id,
      recordId: unreadable.id,
      conflictId: conflict.id,
      messageId: message.id,
    },
  };
}

/** A path as OpenAPI has it, with these records in the place of its parameters. */
export function fillPath(path: string, records: RecordsOfACalendar): string {
  const questionId = path.includes('removal') ? records.removalQuestionId : records.backfillQuestionId;
  const params: Record<string, string> = { ...records, questionId, apiKeyId: crypto.randomUUID() };
  return path.replace(/\{(\w+)\}/g, (_, name: string) => params[name] ?? crypto.randomUUID());
}
