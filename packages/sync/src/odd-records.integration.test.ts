import { beforeEach, describe, expect, it } from '@jest/globals';
import { HOUR_MS } from '@luma-sync/jobs';
import { SPOIL_WAYS } from '@luma-sync/luma-sim';
import { listUnreadable } from '@luma-sync/store';
import { openSyncWorld, type SyncWorld } from '../test/sync-world.js';

let world: SyncWorld;
let eventId: string;
let lumaEventId: string;

const GUESTS = 5;
const spoil = (id: string, way: string) => world.sim.control.changeSettings({ spoiled: { records: { [id]: way } } });
const spoilAll = (records: Record<string, string>) => world.sim.control.changeSettings({ spoiled: { records } });
const register = (...emails: string[]) =>
  world.sim.control.registerGuests(lumaEventId, {
    guests: emails.map((email) => ({ email, name: email.split('@')[0] })),
  });
const pull = async () => {
  const payload = { eventId, assignCoupons: false, sendEmails: false, approvalStatus: null };
  await world.enqueue('guest.pull', payload);
  return (await world.drain()).at(-1);
};
const failed = () =>
  world.db.operation.findMany({ where: { state: 'failed' }, select: { job: true, errorCode: true } });
const statusAtLuma = async (email: string) =>
  (await world.atLuma(eventId))?.guests.find((guest) => guest.email === email)?.status;

const guestWays = SPOIL_WAYS.filter(({ of }) => of === 'guest');
const eventWays = SPOIL_WAYS.filter(({ of }) => of === 'event');

describe('one odd guest of five', () => {
  beforeEach(async () => {
    world = await openSyncWorld();
    ({ eventId, lumaEventId } = await world.publishEvent('odd'));
    register(...Array.from({ length: GUESTS }, (_, n) => `guest-${n}@example.org`));
  });
  const spoilFirst = async (way: string): Promise<string> => {
    const [first] = (await world.atLuma(eventId))?.guests ?? [];
    spoil(first?.id ?? '', way);
    return first?.email ?? '';
  };

  it('in each way that is known costs nobody else anything: a pull, an answer, a reconcile and webhooks go on', async () => {
    register(...guestWays.map((_, n) => `odd-${n}@example.org`));
    const guests = (await world.atLuma(eventId))?.guests ?? [];
    const ways = new Map(
      guestWays.map((way, n) => [guests.find(({ email }) => email === `odd-${n}@example.org`)?.id, way]),
    );
    spoilAll(Object.fromEntries([...ways].map(([id, { name }]) => [id, name])));
    const unread = guestWays.filter(({ readable }) => readable === 'none');
    expect(await pull()).toMatchObject({ kind: 'done', outcome: { details: { unreadable: unread.length } } });
    const taken = new Set((await world.rsvps(eventId)).map(({ link }) => link?.lumaGuestId));
    // A status nobody knows is told of, and what it means is not guessed.
    const expected = guests.filter(({ id }) => {
      const way = ways.get(id);
      return way === undefined || (way.readable !== 'none' && way.name !== 'guest.status-unknown');
    });
    expect([...taken].sort()).toEqual(expected.map(({ id }) => id).sort());
    const listed = await listUnreadable(world.db, { eventId, limit: 100 });
    expect(
      listed
        .map(({ lumaId }) => lumaId)
        .filter((id) => id !== null)
        .sort(),
    ).toEqual(
      [...ways]
        .filter(([, { name, readable }]) => readable !== 'whole' && name !== 'guest.no-record')
        .map(([id]) => id)
        .sort(),
    );
    expect(listed.filter(({ lumaId }) => lumaId === null)).toHaveLength(1);

    await world.putRsvp('odd', 'newcomer', 'going');
    await world.putRsvp('odd', 'guest-0', 'cancelled');
    await world.enqueue('rsvp.reconcile', { eventId });
    await world.deliver(world.announced().slice(-guests.length));
    await world.drain();
    expect(await statusAtLuma('newcomer@example.org')).toBe('approved');
    expect(await statusAtLuma('guest-0@example.org')).toBe('declined');
    expect(await failed()).toEqual([]);
  });

  it('who has no address is a guest: name and phone are kept, once, and a webhook about them is applied', async () => {
    world.sim.control.registerGuests(lumaEventId, {
      guests: [{ email: 'x@example.org', name: 'Asha Rao', phone: '+491715550001' }],
    });
    const asha = (await world.atLuma(eventId))?.guests.find(({ name }) => name === 'Asha Rao');
    spoil(asha?.id ?? '', 'guest.email-null');
    await pull();
    await pull();
    const mine = async () => (await world.rsvps(eventId)).filter(({ person }) => person.email === null);
    expect(await mine()).toMatchObject([
      { status: 'going', person: { name: 'Asha Rao', phone: '+491715550001' }, link: { lumaGuestId: asha?.id } },
    ]);
    world.sim.control.changeGuest(lumaEventId, asha?.id ?? '', { status: 'declined' });
    await world.deliver(world.announced().slice(-1));
    await world.drain();
    expect(await mine()).toMatchObject([{ status: 'rejected' }]);
    expect(await failed()).toEqual([]);
  });

  it('whose values Postgres refuses is left out of the page, and the others are stored', async () => {
    await pull();
    const { rsvps } = world.deps;
    const refuse = 'guest-2@example.org';
    const tooLong = `${Array.from({ length: 3_000 }, (_, n) => `${n}${Math.sin(n)}`).join('')}@example.org`;
    register('late-1@example.org', 'late-2@example.org');
    const applyPage: typeof rsvps.applyPage = (holder, observation, extras) =>
      rsvps.applyPage(
        holder,
        {
          ...observation,
          guests: observation.guests.map((guest) =>
            guest.email === refuse ? { ...guest, email: tooLong, lumaGuestId: 'gst-new' } : guest,
          ),
        },
        extras,
      );
    const payload = { eventId, assignCoupons: false, sendEmails: false, approvalStatus: null };
    await world.enqueue('guest.pull', payload);
    const end = (await world.drain({ ...world.deps, rsvps: { ...rsvps, applyPage } })).at(-1);
    expect(end).toMatchObject({ kind: 'done', outcome: { details: { added: 2, updated: 0, unreadable: 1 } } });
    expect((await world.rsvps(eventId)).map(({ person }) => person.email)).toContain('late-2@example.org');
    const refused = await listUnreadable(world.db, { eventId, limit: 10 });
    expect(refused).toMatchObject([
      { lumaId: 'gst-new', source: 'store', isTaken: false, problems: [{ reason: 'refused_54000' }] },
    ]);
  });

  it('whom Luma shows in a form that cannot be read holds back their own answer alone, and it says so', async () => {
    await pull();
    const odd = await spoilFirst('guest.status-absent');
    for (const key of [odd.split('@')[0] ?? '', 'newcomer']) await world.putRsvp('odd', key, 'cancelled');
    await world.putRsvp('odd', 'newcomer', 'going');
    await world.drain();
    expect(await statusAtLuma('newcomer@example.org')).toBe('approved');
    expect(await statusAtLuma(odd)).toBe('approved');
    const states = (await world.rsvps(eventId)).map(({ person, link }) => [person.email, link?.state, link?.lastError]);
    expect(states).toContainEqual([odd, 'push_failed', expect.objectContaining({ code: 'rsvp.unreadable_guest' })]);
    spoilAll({});
    await pull();
    await world.drain();
    expect(await statusAtLuma(odd)).toBe('declined');
    expect(await failed()).toEqual([]);
  });
});

describe('one odd event of four', () => {
  beforeEach(async () => {
    world = await openSyncWorld({ sim: { events: { hasCapacity: true } } });
  });
  const hostMakes = (name: string, inHours: number) =>
    world.sim.control.createEvent({
      name,
      start_at: new Date(Date.now() + inHours * HOUR_MS).toISOString(),
      end_at: new Date(Date.now() + (inHours + 1) * HOUR_MS).toISOString(),
      timezone: 'Europe/Berlin',
      silent: true,
    });
  it('in each way that is known costs no other event anything: a pull, a drift check, a backfill and a first push go on', async () => {
    const made = [...eventWays.map(({ name }) => name), 'Plain 1', 'Plain 2'].map((name, n) => hostMakes(name, 30 + n));
    spoilAll(Object.fromEntries(eventWays.map(({ name }, n) => [made[n]?.id, name])));
    await world.enqueue('calendar.pull', { calendarId: world.calendarId });
    await world.drain();
    const links = await world.db.eventLink.findMany({ select: { lumaEventId: true } });
    const expected = made.filter((_, n) => eventWays[n]?.readable !== 'none').map(({ id }) => id);
    expect(links.map(({ lumaEventId: id }) => id).sort()).toEqual(expected.sort());
    const clipped = await world.db.event.findMany({
      where: { title: { in: ['event.capacity-huge', 'event.end-year'] } },
    });
    expect(clipped.map(({ title, capacity, endsAt }) => [title, capacity, endsAt.getUTCFullYear()])).toEqual(
      expect.arrayContaining([
        ['event.capacity-huge', 2_147_483_647, expect.any(Number)],
        ['event.end-year', null, 9_999],
      ]),
    );

    const listed = await listUnreadable(world.db, { calendarId: world.calendarId, limit: 100 });
    expect(listed.map(({ lumaId, isTaken }) => [lumaId, isTaken]).sort()).toEqual(
      eventWays
        .map(({ readable }, n) => [made[n]?.id, readable] as const)
        .filter(([, readable]) => readable !== 'whole')
        .map(([id, readable]) => [id, readable === 'part'])
        .sort(),
    );
    const { eventId: ours } = await world.publishEvent('ours');
    await world.db.calendar.update({ where: { id: world.calendarId }, data: { backfilledAt: null } });
    const { eventId: first } = await world.publishEvent('first');
    await world.enqueue('drift.check', { calendarId: world.calendarId });
    await world.enqueue('org.backfill', {
      calendarId: world.calendarId,
      planId: null,
      startsAfter: null,
      apply: true,
    });
    await world.drain();
    expect(await failed()).toEqual([]);
    for (const id of [ours, first]) expect((await world.row(id)).link?.state).toBe('synced');
    expect(await world.db.eventLink.count({ where: { state: 'source_deleted' } })).toBe(0);
  });

  it('is not taken for gone while Luma shows it in a form that cannot be read', async () => {
    const { eventId: ours, lumaEventId: id } = await world.publishEvent('ours');
    spoil(id, 'event.start-invalid');
    await world.enqueue('drift.check', { calendarId: world.calendarId });
    await world.drain();
    expect((await world.row(ours)).link?.state).toBe('synced');
    expect(await world.db.absence.count()).toBe(0);
    expect(await failed()).toEqual([]);
  });
});
