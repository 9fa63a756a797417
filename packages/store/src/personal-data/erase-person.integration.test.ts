import { beforeEach, describe, expect, it } from '@jest/globals';
import type { AppPersonInput } from '@luma-sync/domain';
import { searchDatabase } from '@luma-sync/testkit';
import { openSyncWorld, type SyncWorld } from '../../test/sync-world.js';
import { retryingTransaction } from '../contention.js';
import { storeDelivery } from '../deliveries/store-delivery.js';
import { storePerson } from '../people/store-person.js';
import { requestAnswerPush } from '../rsvps/answer-rows.js';
import { createRsvpSyncStore } from '../rsvps/rsvp-sync-store.js';
import { writeAnswer } from '../rsvps/write-answer.js';
import { openKeyring } from '../secrets/keyring.js';
import { noteReading } from '../unreadable/note-records.js';
import { erasePerson } from './erase-person.js';
import { createErasedAddresses } from './erased-addresses.js';
import { exportPerson } from './export-person.js';
import { mayReturn } from './may-return.js';

const EMAIL = 'zeb@example.org';
const MARKERS = ['zeb@example.org', 'Zebulon', '+4915199988877', 'gst-zeb'];
const erased = createErasedAddresses(openKeyring(Buffer.alloc(32, 7).toString('base64')));

let notes: object[];
let world: SyncWorld;
let eventId: string;
let calendarId: string;
beforeEach(async () => {
  notes = [];
  world = await openSyncWorld();
  calendarId = await world.addCalendar();
  eventId = await world.addEvent({ calendarId });
  await answer('zeb', { name: 'Zebulon', email: EMAIL, emailVerified: true, phone: '+4915199988877' });
});

/** Writes the rows of an app's answer. */
const answer = (key: string, person: AppPersonInput) =>
  retryingTransaction(world.db, async (tx) => {
    const stored = await storePerson(tx, key, person, 'app');
    if (stored.kind !== 'stored') throw new Error(`the person was not stored: ${stored.kind}`);
    const { id, revision } = await writeAnswer(tx, eventId, stored.id, 'going', stored.isChanged);
    await requestAnswerPush(tx, id, { sentRevision: 0, ownRevision: revision });
  });

const personId = async () => (await world.db.person.findUniqueOrThrow({ where: { externalId: 'zeb' } })).id;
const erase = (key: string, isConfirmed = true) =>
  erasePerson(world.db, erased, { key, isConfirmed, note: async (_tx, done) => void notes.push(done) });
const search = (markers = MARKERS) => searchDatabase(world.url, markers);
const guest = (email: string, lumaGuestId: string) => ({
  ...{ lumaGuestId, email, name: 'Zebulon', phone: null, approvalStatus: 'approved', digest: 'd' },
  ...{ kind: 'Standard', checkedInAt: null, tickets: [], answers: [{ question_id: 'q', value: EMAIL }] },
});
const show = async (guests: ReturnType<typeof guest>[]) => {
  const run = await world.run();
  const observation = {
    eventId,
    calendarId,
    source: 'app',
    observedAt: new Date(),
    via: 'test',
    trigger: 'api',
  } as const;
  return createRsvpSyncStore(world.db, erased).applyGuests(run, { ...observation, guests });
};
const receive = (webhookId: string, body: object) =>
  retryingTransaction(world.db, (tx) =>
    storeDelivery(
      tx,
      {
        ...{ calendarId, webhookId, type: 'guest.updated', rawBody: JSON.stringify(body), signedAt: new Date() },
        ...{ recordKey: 'evt-1', isKnown: true },
      },
      erased,
    ),
  );

/**
 * A row of every table that holds data of people, as its flow writes it, with the person's markers wherever a text may
 * hold them.
 */
async function fillEveryTable(): Promise<void> {
  const { db } = world;
  await show([guest(EMAIL, 'gst-zeb')]);
  await db.$executeRaw`update rsvp_links set asked_email = ${EMAIL}, last_error = jsonb_build_object('code', 'x',
      'message', ${EMAIL}::text)`;
  const rsvp = await db.rsvp.findFirstOrThrow({ where: { eventId } });
  const run = await world.run();
  const noted = { note: `about ${EMAIL}` };
  await receive('w1', { type: 'guest.updated', data: { user_email: EMAIL, user_name: 'Zebulon', id: 'gst-zeb' } });
  await db.eventHost.create({ data: { eventId, name: 'Zebulon', email: 'Zeb@Example.org', lumaUserId: 'usr-zeb' } });
  await db.idempotencyKey.create({
    data: {
      apiKeyId: eventId,
      key: 'k',
      requestHash: 'h',
      status: 200,
      body: { rsvp: { email: EMAIL, name: 'Zebulon' } },
    },
  });
  await db.operation.update({
    where: { id: run.id },
    data: { eventId, outcome: noted, checkpoint: noted, errorMessage: `Luma refused ${EMAIL}` },
  });
  await db.timelineEntry.create({
    data: {
      recordType: 'event',
      recordId: eventId,
      eventId,
      kind: 'failed',
      actor: 'a',
      message: `said ${EMAIL}`,
      details: noted,
    },
  });
  await db.conflict.create({
    data: { recordType: 'event', recordId: eventId, field: 'host', ours: EMAIL, rule: 'owner', resolution: 'ours' },
  });
  await db.absence.create({
    data: {
      ...{ recordType: 'rsvp', recordId: rsvp.id, scopeId: eventId },
      ...{ firstMissingAt: new Date(), lastMissingAt: new Date(), before: { status: 'going' } },
    },
  });
  await db.removalQuestion.create({
    data: { recordType: 'rsvp', scopeId: eventId, missing: 1, total: 2, recordIds: [rsvp.id, eventId] },
  });
  await db.guestPage.create({ data: { operationId: run.id, page: 0, guestIds: ['gst-zeb', 'gst-other'] } });
  const pool = await db.couponPool.create({
    data: { name: 'Drinks', codes: { create: { code: 'C-1' } } },
    include: { codes: true },
  });
  await db.couponAssignment.create({
    data: {
      ...{ poolId: pool.id, personId: await personId(), codeId: pool.codes[0]?.id ?? '', eventId },
      message: {
        create: {
          kind: 'coupon',
          recipient: EMAIL,
          idempotencyKey: 'i',
          state: 'sent',
          lastError: { code: 'x', message: EMAIL },
        },
      },
    },
  });
  await db.unreadableRecord.create({
    data: {
      ...{ calendarId, kind: 'guest', lumaId: 'gst-odd', recordKey: 'gst-odd', isTaken: false, source: 'list' },
      ...{ problems: [], raw: { user_email: EMAIL, user_name: 'Zebulon' }, readingVersion: 1 },
    },
  });
  await db.person.create({ data: { externalId: 'mallory', name: 'Mallory', claimedEmail: EMAIL, origin: 'app' } });
}

describe('erasing a person', () => {
  it('leaves no trace in any column, and the facts that are counted', async () => {
    await fillEveryTable();
    const planned = await erase('zeb', false);
    expect(planned).toMatchObject({ kind: 'planned', kept: { couponAssignments: 1 } });
    const places = new Set((await search()).map(({ place }) => place.split('.')[0]));
    for (const table of [
      'people',
      'rsvp_links',
      'rsvps',
      'webhook_deliveries',
      'event_hosts',
      'idempotency_keys',
      'operations',
    ])
      expect(places).toContain(table);
    for (const table of ['timeline', 'conflicts', 'guest_pages', 'messages']) expect(places).toContain(table);
    const rsvpId = (await world.db.rsvp.findFirstOrThrow({ where: { eventId } })).id;
    expect(await erase('zeb')).toMatchObject({ kind: 'erased' });
    expect(await search([...MARKERS, rsvpId])).toEqual([]);
    expect(await world.db.message.findMany()).toMatchObject([
      { state: 'sent', recipient: expect.stringMatching(/^erased:/) },
    ]);
    expect(await world.db.couponAssignment.count()).toBe(1);
    expect(await world.db.guestPage.findMany()).toMatchObject([{ guestIds: ['gst-other'] }]);
    expect(notes).toMatchObject([{ counts: { people: 1, rsvps: 1, webhookDeliveries: 1 } }]);
    expect(JSON.stringify(notes)).not.toMatch(/zeb/i);
    expect(await erase('zeb')).toEqual({ kind: 'unknown' });
  });

  it('by address reaches a host, a claim and a webhook of somebody who is no person here', async () => {
    await world.db.eventHost.create({ data: { eventId, name: 'Host', email: 'only.host@example.org' } });
    await receive('w2', { type: 'calendar.person.subscribed', data: { email: 'only.host@example.org' } });
    expect(await erase('Only.Host@example.org')).toMatchObject({
      kind: 'erased',
      counts: { eventHosts: 1, webhookDeliveries: 1 },
    });
    expect(await search(['only.host'])).toEqual([]);
  });

  it('spares others: a longer address, another guest of the same event, their webhooks', async () => {
    await show([guest('a.zeb@example.org', 'gst-zeb2')]);
    await receive('w3', { type: 'guest.updated', data: { user_email: 'a.zeb@example.org' } });
    await erase(EMAIL);
    expect((await search(['a.zeb@example.org'])).map(({ place }) => place)).toEqual([
      'people.email',
      'webhook_deliveries.raw_body',
    ]);
    expect(await world.db.webhookDelivery.count({ where: { rawBody: { not: null } } })).toBe(1);
  });

  it('is not undone by what Luma shows or sends afterwards; that it did is counted', async () => {
    await erase('zeb');
    expect(await show([guest(' Zeb@example.org '.trim().toLowerCase(), 'gst-zeb')])).toMatchObject({
      added: 0,
      updated: 0,
    });
    const raw = { user_email: EMAIL, user_name: 'Zebulon' };
    const odd = { isRead: false, notes: [], identity: { id: null }, raw };
    const reading = { kind: 'guest', from: 'list', lumaEventId: null, readIds: [], odd: [odd] } as const;
    await noteReading(world.db, calendarId, reading, erased);
    expect(await receive('w5', { type: 'guest.updated', data: { user_email: EMAIL } })).toMatchObject({
      kind: 'ignored',
    });
    expect(await search()).toEqual([]);
    expect(await world.db.erasedAddress.findMany()).toMatchObject([{ timesSeen: 1 }]);
  });

  it('is lifted by proof of the address alone, and what was given stays given', async () => {
    await fillEveryTable();
    const tombstone = await personId();
    await erase('zeb');
    const returns = (person: AppPersonInput) =>
      retryingTransaction(world.db, (tx) => mayReturn(tx, 'zeb-2', person, erased));
    const person = { name: 'Z', email: EMAIL };
    expect(await returns(person)).toBe(false);
    expect(await returns({ ...person, emailVerified: true })).toBe(true);
    await answer('zeb-2', { ...person, emailVerified: true });
    expect(await world.db.person.findUnique({ where: { externalId: 'zeb-2' } })).toMatchObject({
      id: tombstone,
      email: EMAIL,
    });
    expect(await world.db.erasedAddress.count()).toBe(0);
  });

  it('can be exported before, with every class of data', async () => {
    await fillEveryTable();
    const found = await exportPerson(world.db, EMAIL);
    const empty = Object.entries(found?.document.data ?? {}).filter(([, rows]) => rows.length === 0);
    expect(empty).toEqual([]);
    expect(await exportPerson(world.db, 'nobody@example.org')).toBeNull();
    expect(await exportPerson(world.db, 'nobody')).toBeNull();
  });
});
