import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  createErasedAddresses,
  type Database,
  erasePerson,
  listRsvps,
  openDatabase,
  openKeyring,
  retryingTransaction,
} from '@luma-sync/store';
import { openTestDatabase } from '@luma-sync/testkit';
import { type AppRsvpInput, decideRsvp, type PutRsvpResult, putRsvp } from './put-rsvp.js';

let db: Database;
let eventId: string;
const newEvent = async (externalId: string, approval: 'approved' | 'cancelled' = 'approved') => {
  const columns = {
    title: 'Drum circle',
    startsAt: new Date(),
    endsAt: new Date(),
    timezone: 'UTC',
    source: 'app',
  } as const;
  return (await db.event.create({ data: { ...columns, externalId, approval } })).id;
};
beforeAll(async () => {
  db = openDatabase({ url: (await openTestDatabase()).url });
  eventId = await newEvent('event');
});
afterAll(() => db.$disconnect());

const answer = (over: Partial<AppRsvpInput> = {}): AppRsvpInput => ({
  name: 'Asha',
  email: 'asha@example.org',
  status: 'going',
  ...over,
});
const stored = (result: PutRsvpResult) => {
  if (result.kind !== 'stored') throw new Error(result.kind);
  return result;
};
const put = async (person: string, over: Partial<AppRsvpInput> = {}, event = 'event') =>
  stored(
    await retryingTransaction(db, (tx) =>
      putRsvp(tx, { eventKey: event, personKey: person }, answer({ email: `${person}@example.org`, ...over }), 'app'),
    ),
  );

describe('putRsvp', () => {
  it('stores person, answer, link and push in one commit', async () => {
    const { view, operation } = await put('ana', { email: ' Ana@Example.org ', phone: '+919845012345' });
    expect(view).toMatchObject({
      rsvp: { status: 'going', revision: 1 },
      person: { key: 'ana', email: 'ana@example.org', phone: '+919845012345' },
      sync: { state: 'pending_push' },
    });
    expect(await db.operation.findUniqueOrThrow({ where: { id: operation?.id ?? '' } })).toMatchObject({
      job: 'rsvp.push',
      payload: { eventId },
      eventId,
    });
    expect(await db.rsvpLink.findUniqueOrThrow({ where: { rsvpId: view.rsvp.id } })).toMatchObject({
      state: 'pending_push',
    });
  });

  it('of somebody who was erased is refused until the app has proof of the address', async () => {
    const erased = createErasedAddresses(openKeyring(Buffer.alloc(32, 7).toString('base64')));
    await put('zeb', { emailVerified: true });
    const note = async () => {};
    expect(await erasePerson(db, erased, { key: 'zeb', isConfirmed: true, note })).toMatchObject({ kind: 'erased' });
    const again = (emailVerified: boolean) =>
      retryingTransaction(db, (tx) =>
        putRsvp(
          tx,
          { eventKey: 'event', personKey: 'zeb-2' },
          answer({ email: 'zeb@example.org', emailVerified }),
          'app',
          { erased },
        ),
      );
    expect(await again(false)).toEqual({ kind: 'person-erased' });
    expect(await again(true)).toMatchObject({ kind: 'stored', view: { person: { key: 'zeb-2' } } });
    expect(await db.erasedAddress.count()).toBe(0);
  });

  it('a repeated answer takes back nothing that was decided since, here or at Luma', async () => {
    const { view } = await put('cleo', { status: 'pending' });
    await stored(
      await retryingTransaction(db, (tx) => decideRsvp(tx, { eventKey: 'event', personKey: 'cleo' }, 'going', 'host')),
    );
    expect(await put('cleo', { status: 'pending' })).toMatchObject({
      view: { rsvp: { status: 'going', revision: 2 } },
      operation: null,
    });
    await db.rsvp.update({ where: { id: view.rsvp.id }, data: { status: 'waitlist' } });
    const renamed = await put('cleo', { status: 'pending', name: 'Cleo' });
    expect(renamed.view).toMatchObject({ rsvp: { status: 'waitlist', revision: 3 }, person: { name: 'Cleo' } });
    expect((await put('cleo', { status: 'cancelled' })).view.rsvp).toMatchObject({ status: 'cancelled', revision: 4 });
    expect((await put('cleo', { status: 'pending' })).view.rsvp).toMatchObject({ status: 'pending', revision: 5 });
  });

  it('an answer that catches up with what was decided is no revision, and counts as said', async () => {
    await put('dora', { status: 'pending' });
    await stored(
      await retryingTransaction(db, (tx) => decideRsvp(tx, { eventKey: 'event', personKey: 'dora' }, 'going', 'host')),
    );
    expect(await put('dora', { status: 'going' })).toMatchObject({ view: { rsvp: { revision: 2 } }, operation: null });
    expect((await put('dora', { status: 'pending' })).view.rsvp).toMatchObject({ status: 'pending', revision: 3 });
  });

  it('a repeated answer is no revision and no push', async () => {
    await put('bo');
    const again = await put('bo');
    expect(again).toMatchObject({ view: { rsvp: { revision: 1 } }, operation: null });
  });

  it('answers of one event join one push; a hundred, many at once, are all kept', async () => {
    const event = await newEvent('crowded');
    const results: Awaited<ReturnType<typeof put>>[] = [];
    // Writers of one event take turns, and one that waits for longer than five seconds is refused.
    for (let first = 0; first < 100; first += 25) {
      const wave = Array.from({ length: 25 }, (_, n) => put(`crowd-${first + n}`, {}, 'crowded'));
      results.push(...(await Promise.all(wave)));
    }
    expect(new Set(results.map(({ operation }) => operation?.id)).size).toBe(1);
    expect(await db.rsvp.count({ where: { eventId: event } })).toBe(100);
  });

  it('the same new person answering twenty events at once is one person', async () => {
    await Promise.all(Array.from({ length: 20 }, (_, n) => newEvent(`busy-${n}`)));
    await Promise.all(Array.from({ length: 20 }, (_, n) => put('busy', {}, `busy-${n}`)));
    expect(await db.person.count({ where: { email: 'busy@example.org' } })).toBe(1);
    expect(await db.rsvp.count({ where: { person: { externalId: 'busy' } } })).toBe(20);
  });

  /** Guards against addresses in Postgres' log: it quotes the key of an insert that meets a unique one. */
  it('writers of one person take turns: none meets a unique key and starts over', async () => {
    await Promise.all(Array.from({ length: 8 }, (_, n) => newEvent(`turn-${n}`)));
    let transactions = 0;
    const counted = new Proxy(db, {
      get(target, property) {
        if (property === '$transaction') transactions += 1;
        return Reflect.get(target, property);
      },
    });
    const body = answer({ email: 'turns@example.org' });
    const put = (n: number) =>
      retryingTransaction(counted, (tx) => putRsvp(tx, { eventKey: `turn-${n}`, personKey: 'turns' }, body, 'app'));
    await Promise.all(Array.from({ length: 8 }, (_, n) => put(n)));
    expect(transactions).toBe(8);
    expect(await db.person.count({ where: { externalId: 'turns' } })).toBe(1);
  });

  it('an answer of a key that may not mail counts as sent before: sending it never lets Luma mail', async () => {
    const askedRevision = async (status: 'going' | 'cancelled', mayMail: boolean) => {
      const { view } = stored(
        await retryingTransaction(db, (tx) =>
          putRsvp(tx, { eventKey: 'event', personKey: 'quiet' }, answer({ email: 'q@example.org', status }), 'app', {
            mayMail,
          }),
        ),
      );
      const link = await db.rsvpLink.findUniqueOrThrow({ where: { rsvpId: view.rsvp.id } });
      return [view.rsvp.revision, link.askedRevision];
    };
    expect(await askedRevision('going', false)).toEqual([1, 1]);
    expect(await askedRevision('cancelled', true)).toEqual([2, 1]);
    expect(await askedRevision('going', false)).toEqual([3, 3]);
  });

  it('interest is kept here and not told to Luma', async () => {
    const { view, operation } = await put('cy', { status: 'interested' });
    expect(operation).toBeNull();
    expect(view).toMatchObject({ rsvp: { status: 'interested' }, lumaGuestId: null, sync: { state: null } });
  });

  it('somebody known only from Luma becomes the app’s person with one answer, not two', async () => {
    const luma = await db.person.create({ data: { email: 'dee@example.org', name: 'dee', origin: 'luma' } });
    await db.rsvp.create({
      data: {
        eventId,
        personId: luma.id,
        status: 'going',
        link: { create: { state: 'synced', lumaGuestId: 'gst-dee' } },
      },
    });
    const { view } = await put('dee', { name: 'Dee', emailVerified: true });
    expect(view.person).toEqual({
      ...{ id: luma.id, key: 'dee', name: 'Dee', email: 'dee@example.org', phone: null },
      isEmailVerified: true,
      externalId: 'dee',
      origin: 'luma',
    });
    expect(await db.person.findUniqueOrThrow({ where: { id: luma.id } })).toMatchObject({
      origin: 'luma',
      externalId: 'dee',
    });
    expect(await db.rsvp.count({ where: { eventId, personId: luma.id } })).toBe(1);
    expect(view.lumaGuestId).toBe('gst-dee');
  });

  it('an app person who takes the mail of somebody known from Luma takes over their answers too', async () => {
    const other = await newEvent('elsewhere');
    await put('eve');
    const luma = await db.person.create({ data: { email: 'eve.luma@example.org', origin: 'luma' } });
    await db.rsvp.create({ data: { eventId: other, personId: luma.id, status: 'going' } });
    const { view } = await put('eve', { email: 'eve.luma@example.org', emailVerified: true });
    expect(await db.rsvp.findMany({ where: { eventId: other } })).toMatchObject([{ personId: view.person.id }]);
    expect(await db.person.findUnique({ where: { id: luma.id } })).toBeNull();
  });

  it('does not guess which of two answers to one event counts when both are at Luma', async () => {
    const { view } = await put('fay');
    await db.rsvpLink.update({ where: { rsvpId: view.rsvp.id }, data: { askedAt: new Date() } });
    const luma = await db.person.create({ data: { email: 'fay.luma@example.org', origin: 'luma' } });
    await db.rsvp.create({ data: { eventId, personId: luma.id, status: 'rejected' } });
    expect(
      await retryingTransaction(db, (tx) =>
        putRsvp(
          tx,
          { eventKey: 'event', personKey: 'fay' },
          answer({ email: 'fay.luma@example.org', emailVerified: true }),
          'app',
        ),
      ),
    ).toEqual({
      kind: 'email-taken',
    });
    expect(await db.rsvp.count({ where: { personId: luma.id } })).toBe(1);
  });

  it('a mail belongs to one person of the app', async () => {
    await put('gil');
    expect(
      await retryingTransaction(db, (tx) =>
        putRsvp(tx, { eventKey: 'event', personKey: 'gus' }, answer({ email: 'gil@example.org' }), 'app'),
      ),
    ).toEqual({
      kind: 'email-taken',
    });
    expect(await db.person.findUnique({ where: { externalId: 'gus' } })).toBeNull();
  });

  it('a cancelled event takes nobody in, and lets everybody go', async () => {
    await newEvent('over', 'cancelled');
    expect(
      await retryingTransaction(db, (tx) =>
        putRsvp(tx, { eventKey: 'over', personKey: 'hal' }, answer({ email: 'hal@example.org' }), 'app'),
      ),
    ).toEqual({
      kind: 'event-cancelled',
    });
    expect((await put('hal', { status: 'cancelled' }, 'over')).view.rsvp.status).toBe('cancelled');
  });

  it('an unknown event is said to be unknown', async () => {
    expect(
      await retryingTransaction(db, (tx) =>
        putRsvp(tx, { eventKey: 'no such event', personKey: 'ida' }, answer(), 'app'),
      ),
    ).toEqual({
      kind: 'unknown-event',
    });
  });
});

describe('decideRsvp', () => {
  it('changes an answer that exists, by the app’s id or ours', async () => {
    const { view } = await put('jo', { status: 'pending' });
    expect(
      await retryingTransaction(db, (tx) => decideRsvp(tx, { eventKey: 'event', personKey: 'jo' }, 'going', 'host')),
    ).toMatchObject({
      kind: 'stored',
      view: { rsvp: { status: 'going', revision: 2 } },
      operation: expect.anything(),
    });
    expect(
      await retryingTransaction(db, (tx) =>
        decideRsvp(tx, { eventKey: 'event', personKey: view.person.id }, 'rejected', 'host'),
      ),
    ).toMatchObject({
      view: { rsvp: { status: 'rejected' } },
    });
    expect(
      await retryingTransaction(db, (tx) =>
        decideRsvp(tx, { eventKey: 'event', personKey: 'nobody' }, 'going', 'host'),
      ),
    ).toEqual({
      kind: 'unknown-rsvp',
    });
  });
});

describe('listRsvps', () => {
  it('pages in the order of arrival', async () => {
    const event = await newEvent('listed');
    for (const person of ['l1', 'l2', 'l3']) await put(person, {}, 'listed');
    const first = await listRsvps(db, event, { limit: 2 });
    const last = first.at(-1);
    const rest = await listRsvps(db, event, { limit: 2, after: { at: last!.rsvp.createdAt, id: last!.rsvp.id } });
    expect([...first, ...rest].map(({ person }) => person.key)).toEqual(['l1', 'l2', 'l3']);
  });
});
