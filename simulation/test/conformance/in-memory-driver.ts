import { App } from '../../src/ours/app.js';
import { createInMemoryBackfills } from '../../src/ours/backfill.js';
import { createInMemoryEvents } from '../../src/ours/event-store.js';
import { createInMemoryInbox, receiveDelivery } from '../../src/ours/inbox-store.js';
import { createInMemoryMailGuard, givePermit } from '../../src/ours/mail-guard.js';
import { Operations } from '../../src/ours/operations.js';
import type { Asynchronous } from '../../src/ours/process-run.js';
import { createInMemoryRsvps } from '../../src/ours/rsvp-store.js';
import { Tables } from '../../src/ours/tables.js';
import { VirtualTime } from '../../src/virtual-time.js';
import { BODY, CALENDAR, MAIL_LIMIT, type StoreDriver } from './driver.js';

/** The stores of a simulated run. */
export async function openInMemoryDriver(): Promise<StoreDriver> {
  const time = new VirtualTime(Date.now());
  const tables = new Tables();
  const operations = new Operations(time, tables.newId, () => {});
  const app = new App(tables, operations, time);
  const queued = operations.enqueue('event.pull', { eventId: 'other' }, { trigger: 'api', actor: 'test' });
  operations.begin(queued.id, 'run');
  const find = (key: string) => {
    const event = app.findEvent(key);
    if (event === undefined) throw new Error(`no event ${key}`);
    return event;
  };
  const driver: StoreDriver = {
    run: { operationId: queued.id, owner: 'run', leaseMs: 600_000 },
    events: toAsync(createInMemoryEvents(tables, operations, time, CALENDAR)),
    rsvps: toAsync(createInMemoryRsvps(tables, operations, time)),
    inbox: toAsync(createInMemoryInbox(tables, operations)),
    mailGuard: toAsync(createInMemoryMailGuard(tables, operations, time, MAIL_LIMIT)),
    backfills: createInMemoryBackfills(tables, operations),
    eventId: async (key) => find(key).id,
    async putEvent(key, body) {
      app.putEvent(key, body);
    },
    async decideEvent(key, decision) {
      if (decision === 'approve') app.approveEvent(key);
      else app.cancelEvent(key, decision);
    },
    putRsvp: async (eventKey, personKey, person, status) => app.putRsvp(eventKey, personKey, person, status),
    async readEvent(key) {
      const { approval, cancelMode, revision, title, tags, coverUrl, locationCity = null } = find(key);
      return { approval, cancelMode, revision, title, tags, coverUrl, locationCity };
    },
    async readRsvp(eventKey, personKey) {
      const person = [...tables.people.values()].find(({ externalId }) => externalId === personKey);
      const row = tables.findRsvp(find(eventKey).id, person?.id ?? '');
      if (row === undefined) return null;
      const { status, stated: submitted, revision } = row;
      const link = tables.rsvpLinks.get(row.id) ?? null;
      return { status, submitted, revision, link: link && { ...link, errorCode: link.lastError?.code ?? null } };
    },
    async ageSendings(seconds) {
      for (const link of tables.rsvpLinks.values())
        if (link.askedAt !== null) link.askedAt = new Date(link.askedAt.getTime() - seconds * 1_000);
    },
    countQueued: async (job) =>
      [...operations.rows.values()].filter((row) => row.job === job && row.state === 'queued').length,
    async readPerson(wanted) {
      const people = [...tables.people.values()];
      const person = people.find(({ email, claimedEmail }) => email === wanted || claimedEmail === wanted);
      if (person === undefined) return null;
      const { externalId, name, email, claimedEmail, phone } = person;
      return { externalId, name, email, claimedEmail, phone };
    },
    async receive({ webhookId, type, recordKey, signedAt }) {
      const body = JSON.stringify({ type, data: { id: recordKey } });
      const kind = receiveDelivery(tables, operations, time, CALENDAR, { webhookId, body, signedAt });
      const stored = [...tables.deliveries.values()].find((delivery) => delivery.webhookId === webhookId);
      return { kind, deliveryId: stored?.id ?? '' };
    },
    async givePermit(key, recipients) {
      givePermit(tables, time, { eventId: find(key).id, purpose: 'rsvp_push', recipients, actor: 'operator' });
    },
    pass: async () => time.passUntil(time.now() + 1_000),
    async putInDoubt(key) {
      tables.eventsInDoubt.add(find(key).id);
    },
  };
  await driver.putEvent('app-1', BODY);
  return driver;
}

/** The methods of an in-memory store as a handler calls them. */
function toAsync<T extends object>(store: T): Asynchronous<T> {
  const methods = Object.entries(store).map(([name, method]) => [
    name,
    async (...args: unknown[]) => (method as (...args: unknown[]) => unknown)(...args),
  ]);
  return Object.fromEntries(methods) as Asynchronous<T>;
}
