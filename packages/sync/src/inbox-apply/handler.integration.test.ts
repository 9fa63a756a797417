import { beforeEach, describe, expect, it } from '@jest/globals';
import { withRandom } from '@luma-sync/testkit';
import { announcedBy } from '../../test/announced-by.js';
import { openSyncWorld, type SyncWorld } from '../../test/sync-world.js';

let world: SyncWorld;
beforeEach(async () => {
  world = await openSyncWorld();
});

const newSince = (change: () => unknown) => announcedBy(world, change);
const HOST_EVENT = {
  name: 'Began at Luma',
  start_at: new Date(Date.now() + 86_400_000).toISOString(),
  timezone: 'UTC',
};
const createAtLuma = () => world.sim.control.createEvent(HOST_EVENT);
/** Our record of one of Luma's events. */
const ours = async (lumaEventId: string) => {
  const link = await world.db.eventLink.findUnique({ where: { lumaEventId } });
  return link === null ? null : world.row(link.eventId);
};
const pushes = async () =>
  (await world.operationsOf('event.push')).length + (await world.operationsOf('rsvp.push')).length;

describe('a webhook about an event', () => {
  it('takes in an event that began at Luma, in full', async () => {
    let id = '';
    const bodies = await newSince(() => {
      id = createAtLuma().id;
    });
    await world.deliver(bodies);
    await world.drain();
    expect(await ours(id)).toMatchObject({
      source: 'luma',
      externalId: null,
      title: 'Began at Luma',
      link: { state: 'pulled' },
    });
    expect(await pushes()).toBe(0);
  });

  it('T58 twenty times over leaves one event', async () => {
    const bodies = await newSince(createAtLuma);
    await world.deliver(Array.from({ length: 20 }, () => bodies).flat());
    await world.drain();
    expect(await world.db.event.count()).toBe(1);
    expect((await world.operationsOf('inbox.apply')).every(({ state }) => state === 'done')).toBe(true);
  });

  it('that is the echo of our own push changes nothing and starts nothing', async () => {
    const eventId = await world.putEvent('e1');
    await world.drain();
    await world.putEvent('e1', { title: 'Renamed', descriptionMd: '# New\n\n- words' });
    await world.drain();
    const before = await world.row(eventId);
    const requests = world.sim.control.counters().requests;
    const operations = await pushes();
    // The newest state of each: the echo of the create is older than what we know by now, and is looked up.
    const echoes = world.announced().filter(({ type }) => type === 'event.updated');
    expect(echoes.length).toBeGreaterThan(0);
    await world.deliver(echoes);
    await world.drain();
    expect(await world.row(eventId)).toMatchObject({
      title: 'Renamed',
      revision: 2,
      updatedAt: before.updatedAt,
      link: { state: 'synced' },
    });
    expect(await pushes()).toBe(operations);
    expect(world.sim.control.counters().requests).toBe(requests);
  });

  it('that comes while our create has no answer yet makes no second event', async () => {
    const eventId = await world.putEvent('e1');
    world.sim.control.layFault({ kind: 'lost-answer', path: '/v1/events/create', count: 1 });
    const [operation] = await world.operationsOf('event.push');
    const bodies = await newSince(() => world.run(operation?.id ?? ''));
    await world.deliver(bodies);
    // The webhooks are quicker than the second try.
    for (const { id } of await world.operationsOf('inbox.apply')) await world.run(id);
    await world.drain();
    expect(await world.db.event.count()).toBe(1);
    expect((await world.row(eventId)).link).toMatchObject({ state: 'synced' });
    expect(world.sim.control.counters()).toMatchObject({ events: 1 });
  });

  it('about a change at Luma is taken over, and sent back to nobody', async () => {
    const { eventId, lumaEventId } = await world.publishEvent('e1');
    const operations = await pushes();
    await world.deliver(await newSince(() => world.sim.control.changeEvent(lumaEventId, { name: 'Theirs' })));
    await world.drain();
    expect(await world.row(eventId)).toMatchObject({ title: 'Theirs', revision: 1 });
    expect(await pushes()).toBe(operations);
  });

  it('about a change that we made as well: the app’s event keeps ours, both values are kept', async () => {
    const { eventId, lumaEventId } = await world.publishEvent('e1');
    const bodies = await newSince(() => world.sim.control.changeEvent(lumaEventId, { name: 'Theirs' }));
    await world.putEvent('e1', { title: 'Ours' });
    await world.deliver(bodies);
    // The webhook is quicker than the push.
    const [apply] = await world.operationsOf('inbox.apply');
    await world.run(apply?.id ?? '');
    await world.drain();
    expect(await world.atLuma(eventId)).toMatchObject({ name: 'Ours' });
    expect(await world.row(eventId)).toMatchObject({ title: 'Ours', link: { state: 'synced' } });
    expect(await world.db.conflict.findMany()).toMatchObject([
      { field: 'title', ours: 'Ours', theirs: 'Theirs', resolution: 'ours' },
    ]);
  });

  it('T61 of a cancellation is believed when the event is gone, and only then', async () => {
    const { eventId, lumaEventId } = await world.publishEvent('e1');
    const bodies = await newSince(() => world.sim.control.removeEvent(lumaEventId));
    const cancellation = bodies.filter(({ type }) => type === 'event.canceled');
    expect(cancellation).toHaveLength(1);
    await world.deliver(cancellation);
    await world.drain();
    expect(await world.row(eventId)).toMatchObject({ approval: 'cancelled', link: { state: 'source_deleted' } });

    const other = await world.putEvent('e2', { title: 'Still there' });
    await world.drain();
    const otherId = (await world.atLuma(other))?.id ?? '';
    await world.deliver([{ body: (cancellation[0]?.body ?? '').replaceAll(lumaEventId, otherId) }]);
    await world.drain();
    expect(await world.row(other)).toMatchObject({ approval: 'approved', link: { state: 'synced' } });
  });

  it('T7 T62 about an event that our key cannot read is kept and changes nothing', async () => {
    const { eventId, lumaEventId } = await world.publishEvent('e1');
    const before = await world.row(eventId);
    const bodies = await newSince(() => world.sim.control.changeEvent(lumaEventId, { name: 'News' }));
    const foreign = bodies.map(({ type, body }) => ({ type, body: body.replaceAll(lumaEventId, 'evt-foreign') }));
    expect(foreign).toHaveLength(1);
    await world.deliver(foreign);
    await world.drain();
    expect(await world.db.event.count()).toBe(1);
    expect(await world.row(eventId)).toEqual(before);
    expect(await world.db.webhookDelivery.findMany()).toMatchObject([{ state: 'ignored', error: 'forbidden' }]);
  });

  it('that cannot be read is set aside and kept', async () => {
    for (const body of ['{"type":"event.updated","data":{"id":"evt-1"}}']) await world.deliver([{ body }]);
    const ends = await world.drain();
    expect(ends).toMatchObject([{ kind: 'failed', code: 'inbox.unreadable' }]);
    expect(await world.db.webhookDelivery.findMany()).toMatchObject([
      { state: 'failed', error: expect.stringContaining('inbox.unreadable') },
    ]);
  });
});

describe('webhooks about guests', () => {
  const openEvent = async () => {
    return await world.publishEvent('e1');
  };
  const statuses = async (eventId: string) =>
    Object.fromEntries(
      (await world.rsvps(eventId)).map(({ person, status, checkedInAt }) => [
        person.email,
        [status, checkedInAt !== null],
      ]),
    );

  it('bring those who registered at Luma, three deliveries or not, and cost no request', async () => {
    const { eventId, lumaEventId } = await openEvent();
    const bodies = await newSince(() => world.sim.control.registerGuests(lumaEventId, { count: 10, emailPrefix: 'g' }));
    expect(bodies.length).toBeGreaterThan(20);
    await world.deliver(bodies);
    const requests = world.sim.control.counters().requests;
    await world.drain();
    const rows = await world.rsvps(eventId);
    expect(rows).toHaveLength(10);
    expect(rows.every(({ status, link }) => status === 'going' && link?.decidedBy === 'luma_side')).toBe(true);
    expect(world.sim.control.counters().requests - requests).toBeLessThanOrEqual(10);
    expect(await world.operationsOf('rsvp.push')).toHaveLength(0);
  });

  it('before the news of their event bring the event along', async () => {
    const { id } = createAtLuma();
    const bodies = await newSince(() => world.sim.control.registerGuests(id, { guests: [{ email: 'a@example.org' }] }));
    await world.deliver(bodies);
    await world.drain();
    const event = await ours(id);
    expect(event).toMatchObject({ title: 'Began at Luma' });
    expect(await world.rsvps(event?.id ?? '')).toHaveLength(1);
  });

  it('that are echoes of our own push start nothing', async () => {
    const { eventId } = await openEvent();
    for (const person of ['a', 'b']) await world.putRsvp('e1', person, 'going');
    const bodies = await newSince(() => world.drain());
    await world.putRsvp('e1', 'a', 'cancelled');
    bodies.push(...(await newSince(() => world.drain())));
    const operations = await pushes();
    await world.deliver(bodies.filter(({ type }) => type.startsWith('guest') || type.startsWith('ticket')));
    await world.drain();
    expect(await pushes()).toBe(operations);
    expect(await statuses(eventId)).toMatchObject({
      'a@example.org': ['cancelled', false],
      'b@example.org': ['going', false],
    });
  });

  it('end in the same state twenty times over and in any order', async () => {
    const { eventId, lumaEventId } = await openEvent();
    const control = world.sim.control;
    const bodies = await newSince(() => {
      control.registerGuests(lumaEventId, {
        guests: [{ email: 'a@example.org' }, { email: 'b@example.org' }, { email: 'c@example.org' }],
      });
      control.changeGuest(lumaEventId, 'a@example.org', { status: 'declined' });
      control.changeGuest(lumaEventId, 'a@example.org', { status: 'approved' });
      control.changeGuest(lumaEventId, 'b@example.org', { status: 'waitlist' });
      control.changeGuest(lumaEventId, 'b@example.org', { status: 'declined' });
      control.changeGuest(lumaEventId, 'c@example.org', { isCheckedIn: true });
      control.changeEvent(lumaEventId, { name: 'Once' });
      control.changeEvent(lumaEventId, { name: 'Meetup' });
    });
    const expected = {
      'a@example.org': ['going', false],
      'b@example.org': ['rejected', false],
      'c@example.org': ['going', true],
    };
    const all = Array.from({ length: 20 }, () => bodies).flat();
    await withRandom(async (random) => {
      for (const order of [[...all].reverse(), random.shuffle(all)]) {
        await world.deliver(order);
        const ends = await world.drain(undefined, 1_000);
        expect(ends.filter(({ kind }) => kind === 'failed')).toEqual([]);
        expect(await statuses(eventId)).toEqual(expected);
        expect(await world.row(eventId)).toMatchObject({ title: 'Meetup' });
      }
    });
    expect(await pushes()).toBe(1);
  }, 240_000);

  it('T59 signed hours apart and delivered backwards still end in the newest state', async () => {
    const { eventId, lumaEventId } = await openEvent();
    const control = world.sim.control;
    const registrations = await newSince(() =>
      control.registerGuests(lumaEventId, { guests: [{ email: 'a@example.org' }] }),
    );
    await world.deliver(registrations);
    await world.drain();
    await world.db.$executeRaw`update rsvp_links set observed_at = now() - interval '5 hours'`;
    await world.db.$executeRaw`update event_links set observed_at = now() - interval '5 hours'`;
    // What Luma shows is as it was; a delivery of an hour ago said so, and one a little older says otherwise.
    const [still] = registrations.filter(({ type }) => type === 'guest.registered');
    const away = { body: (still?.body ?? '').replace('"approval_status":"approved"', '"approval_status":"waitlist"') };
    const [other] = await newSince(() => control.changeEvent(lumaEventId, { name: 'For a moment' }));
    const [same] = await newSince(() => control.changeEvent(lumaEventId, { name: 'Meetup' }));
    const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000);
    for (const [delivery, signedAt] of [
      [still, hoursAgo(1)],
      [away, hoursAgo(1.05)],
      [same, hoursAgo(1)],
      [other, hoursAgo(1.05)],
    ] as const) {
      await world.deliver([{ body: delivery?.body ?? '', signedAt }]);
      await world.drain();
    }
    expect(await statuses(eventId)).toEqual({ 'a@example.org': ['going', false] });
    expect(await world.row(eventId)).toMatchObject({ title: 'Meetup' });
  });

  it('T59 repeated, and signed anew for that, are known to be old by what came in between', async () => {
    const { eventId, lumaEventId } = await openEvent();
    const [still] = await newSince(() =>
      world.sim.control.registerGuests(lumaEventId, { guests: [{ email: 'a@example.org' }] }),
    );
    const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000);
    const old = { body: (still?.body ?? '').replace('"approval_status":"approved"', '"approval_status":"declined"') };
    for (const [delivery, signedAt] of [
      [still, inMinutes(0)],
      [still, inMinutes(7)],
      [old, inMinutes(10.5)],
    ] as const) {
      await world.deliver([{ body: delivery?.body ?? '', signedAt }]);
      await world.drain();
    }
    expect(await statuses(eventId)).toEqual({ 'a@example.org': ['going', false] });
  });

  it('signed by a clock far ahead of ours hide nothing that a pull shows later', async () => {
    const { eventId, lumaEventId } = await openEvent();
    const control = world.sim.control;
    const [came] = await newSince(() =>
      control.registerGuests(lumaEventId, {
        guests: [{ email: 'a@example.org' }],
        status: 'pending_approval',
      }),
    );
    await world.deliver([{ body: came?.body ?? '', signedAt: new Date(Date.now() + 480_000) }]);
    await world.drain();
    expect(await statuses(eventId)).toEqual({ 'a@example.org': ['pending', false] });
    control.changeGuest(lumaEventId, 'a@example.org', { status: 'approved', silent: true });
    const options = { assignCoupons: false, sendEmails: false, approvalStatus: null };
    await world.enqueue('guest.pull', { eventId, ...options });
    await world.drain();
    expect(await statuses(eventId)).toEqual({ 'a@example.org': ['going', false] });
  });

  it('that an older version stored with a moment ahead of ours give way to a pull', async () => {
    const { eventId, lumaEventId } = await openEvent();
    const control = world.sim.control;
    control.registerGuests(lumaEventId, { guests: [{ email: 'a@example.org' }], silent: true });
    const options = { assignCoupons: false, sendEmails: false, approvalStatus: null };
    const pull = async () => {
      await world.enqueue('guest.pull', { eventId, ...options });
      await world.drain();
    };
    await pull();
    await world.db.rsvpLink.updateMany({ data: { observedAt: new Date(Date.now() + 480_000) } });
    control.changeGuest(lumaEventId, 'a@example.org', { status: 'waitlist', silent: true });
    await pull();
    expect(await statuses(eventId)).toEqual({ 'a@example.org': ['waitlist', false] });
  });

  it('signed by a clock ahead of ours hide no later news', async () => {
    const { eventId, lumaEventId } = await openEvent();
    const control = world.sim.control;
    const [came] = await newSince(() => control.registerGuests(lumaEventId, { guests: [{ email: 'a@example.org' }] }));
    const ahead = new Date(Date.now() + 60_000);
    await world.deliver([{ body: came?.body ?? '', signedAt: ahead }]);
    await world.drain();
    const [left] = await newSince(() => control.changeGuest(lumaEventId, 'a@example.org', { status: 'declined' }));
    await world.deliver([{ body: left?.body ?? '', signedAt: new Date(ahead.getTime() + 500) }]);
    await world.drain();
    expect(await statuses(eventId)).toEqual({ 'a@example.org': ['rejected', false] });
  });
});
