import { approveEvent, cancelEvent, putEvent, putRsvp } from '@luma-sync/application';
import { eventPull } from '@luma-sync/jobs';
import { isKnownWebhookType } from '@luma-sync/luma-contract';
import {
  beginOperation,
  createBackfillStore,
  createEventSyncStore,
  createInboxSyncStore,
  createMailGuard,
  createRsvpSyncStore,
  enqueueOperation,
  giveMailPermit,
  inTransaction,
  openDatabase,
  retryingTransaction,
  storeDelivery,
} from '@luma-sync/store';
import { atEnd, openTestDatabase } from '@luma-sync/testkit';
import { BODY, CALENDAR, MAIL_LIMIT, type StoreDriver, type SubmittedBody } from './driver.js';

/** The stores over a Postgres of their own. */
export async function openPostgresDriver(): Promise<StoreDriver> {
  const { url } = await openTestDatabase();
  const db = openDatabase({ url, poolMax: 4 });
  atEnd(() => db.$disconnect());
  await db.calendar.create({
    data: { id: CALENDAR, name: 'Test', kind: 'luma', isDefault: true, mailConfirmAbove: MAIL_LIMIT },
  });
  const eventId = async (key: string) => (await db.event.findUniqueOrThrow({ where: { externalId: key } })).id;
  const queued = await enqueueOperation(
    db,
    eventPull,
    { eventId: '00000000-0000-4000-8000-0000000000ee' },
    { trigger: 'api', actor: 'test' },
  );
  await beginOperation(db, { id: queued.id, owner: 'run', leaseMs: 600_000, recordKey: () => null });
  const driver: StoreDriver = {
    run: { operationId: queued.id, owner: 'run', leaseMs: 600_000 },
    events: createEventSyncStore(db),
    rsvps: createRsvpSyncStore(db),
    inbox: createInboxSyncStore(db),
    mailGuard: createMailGuard(db),
    backfills: createBackfillStore(db),
    eventId,
    async putEvent(key, body) {
      await retryingTransaction(db, (tx) => putEvent(tx, key, toInput(body), 'app'));
    },
    async decideEvent(key, decision) {
      await inTransaction(db, (tx) =>
        decision === 'approve'
          ? approveEvent(tx, key, { actor: 'app' })
          : cancelEvent(tx, key, { actor: 'app', mode: decision }),
      );
    },
    async putRsvp(eventKey, personKey, person, status) {
      return (await retryingTransaction(db, (tx) => putRsvp(tx, { eventKey, personKey }, { ...person, status }, 'app')))
        .kind;
    },
    async readEvent(key) {
      const row = await db.event.findUniqueOrThrow({ where: { externalId: key } });
      const { approval, cancelMode, revision, title, tags, coverUrl, locationCity } = row;
      return { approval, cancelMode, revision, title, tags, coverUrl, locationCity };
    },
    async readRsvp(eventKey, personKey) {
      const row = await db.rsvp.findFirst({
        where: { event: { externalId: eventKey }, person: { externalId: personKey } },
        include: { link: true },
      });
      if (row === null) return null;
      const { status, stated: submitted, revision, link } = row;
      if (link === null) return { status, submitted, revision, link };
      const errorCode = (link.lastError as { code?: string } | null)?.code ?? null;
      return { status, submitted, revision, link: { ...link, errorCode } };
    },
    async ageSendings(seconds) {
      await db.$executeRaw`update rsvp_links set asked_at = asked_at - ${seconds}::int * interval '1 second'`;
    },
    countQueued: (job) => db.operation.count({ where: { job, state: 'queued' } }),
    async readPerson(email) {
      const row = await db.person.findFirst({ where: { OR: [{ email }, { claimedEmail: email }] } });
      if (row === null) return null;
      const { externalId, name, claimedEmail, phone } = row;
      return { externalId, name, email: row.email, claimedEmail, phone };
    },
    async receive({ webhookId, type, recordKey, signedAt }) {
      const rawBody = JSON.stringify({ type, data: { id: recordKey } });
      const delivery = { calendarId: CALENDAR, webhookId, type, recordKey, signedAt, rawBody };
      const { kind, deliveryId } = await retryingTransaction(db, (tx) =>
        storeDelivery(tx, { ...delivery, isKnown: isKnownWebhookType(type) }),
      );
      return { kind, deliveryId };
    },
    async givePermit(key, recipients) {
      const permit = { purpose: 'rsvp_push', recipients, actor: 'operator' } as const;
      await giveMailPermit(db, { ...permit, eventId: await eventId(key) });
    },
    async pass() {
      // Moments of creates move back instead of the clock forward.
      await db.$executeRaw`update event_links set create_asked_at = create_asked_at - interval '1 second'`;
    },
    async putInDoubt(key) {
      const about = { calendarId: CALENDAR, eventId: await eventId(key), lumaEventId: 'evt-doubt' };
      await db.backfillQuestion.create({ data: { ...about, reason: 'same-start', shown: {} } });
    },
  };
  await driver.putEvent('app-1', BODY);
  return driver;
}

function toInput(body: SubmittedBody) {
  const { locationType, locationName, locationAddress, locationLat, locationLng, ...plain } = body;
  const location = {
    type: locationType,
    name: locationName,
    address: locationAddress,
    lat: locationLat,
    lng: locationLng,
  };
  return { ...plain, location, host: null };
}
