import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { planGuest } from '@luma-sync/domain';
import { openSyncWorld, type Run, type SyncWorld } from '../../test/sync-world.js';
import { matchGuests } from './match-guests.js';
import type { ObservedGuest } from './rsvp-records.js';
import { createRsvpSyncStore, type RsvpSyncStore } from './rsvp-sync-store.js';
import { writeGuests } from './write-guests.js';

let world: SyncWorld;
let store: RsvpSyncStore;
let calendarId: string;
let eventId: string;
let run: Run;
beforeEach(async () => {
  world = await openSyncWorld();
  store = createRsvpSyncStore(world.db);
  calendarId = await world.addCalendar();
  eventId = await world.addEvent({ calendarId });
  run = await world.run();
});

const guest = (number: number, change: Partial<ObservedGuest> = {}): ObservedGuest => ({
  lumaGuestId: `gst-${number}`,
  email: `g${number}@example.org`,
  name: `Guest ${number}`,
  phone: null,
  approvalStatus: 'approved',
  kind: 'Standard',
  checkedInAt: null,
  tickets: [],
  answers: [],
  digest: 'd',
  ...change,
});
const T0 = new Date(Date.now() - 3_600_000);
const at = (minutes: number) => new Date(T0.getTime() + minutes * 60_000);

const apply = (guests: ObservedGuest[], observedAt = T0, by: Run = run, event = eventId) =>
  store.applyGuests(by, {
    eventId: event,
    calendarId,
    source: 'app',
    guests,
    observedAt,
    via: 'test',
    trigger: 'scheduled',
  });
const rsvps = () =>
  world.db.rsvp.findMany({
    where: { eventId },
    include: { link: true, person: true },
    orderBy: { person: { email: 'asc' } },
  });
/** An answer the app gave. */
async function answer(personId: string, status: 'going' | 'pending' | 'cancelled' = 'going') {
  const rsvp = await world.db.rsvp.create({ data: { eventId, personId, status } });
  await world.db.rsvpLink.create({ data: { rsvpId: rsvp.id, state: 'pending_push' } });
  return rsvp.id;
}
const edit = (rsvpId: string, status: 'going' | 'cancelled') =>
  world.db.$transaction([
    world.db.rsvp.update({ where: { id: rsvpId }, data: { status, revision: { increment: 1 } } }),
    world.db.rsvpLink.update({ where: { rsvpId }, data: { state: 'pending_push' } }),
  ]);
/** Changes with every version of a row that is written. */
const versions = async () => {
  const rows = await world.db.$queryRaw<{ version: string }[]>`
    select id || xmin::text as version from rsvps union all select id || xmin::text from rsvp_links union all
      select id || xmin::text from people`;
  return rows.map(({ version }) => version).sort();
};

describe('guests as Luma shows them', () => {
  it('become people and answers, a whole page in a handful of statements', async () => {
    const page = Array.from({ length: 100 }, (_, n) => guest(n));
    const applied = await apply(page);
    expect(applied).toMatchObject({ added: 100, updated: 0, unchanged: 0, unknownStatus: 0 });
    expect(applied.personIds.size).toBe(100);
    const rows = await rsvps();
    expect(rows).toHaveLength(100);
    expect(rows[0]).toMatchObject({
      status: 'going',
      kind: 'Standard',
      person: { name: 'Guest 0', origin: 'luma' },
      link: { lumaGuestId: 'gst-0', state: 'pulled', decidedBy: 'luma_side', pushedRevision: 1 },
    });
  });

  it('cost no write when nothing changed', async () => {
    const page = Array.from({ length: 20 }, (_, n) => guest(n));
    await apply(page);
    const before = await versions();
    const timeline = await world.db.timelineEntry.count();
    expect(await apply(page, at(5))).toMatchObject({ added: 0, updated: 0, unchanged: 20 });
    expect(await versions()).toEqual(before);
    expect(await world.db.timelineEntry.count()).toBe(timeline);
  });

  it('write only the rows that changed', async () => {
    await apply([guest(1), guest(2), guest(3)]);
    const before = await versions();
    expect(await apply([guest(1), guest(2, { approvalStatus: 'declined' }), guest(3)], at(1))).toMatchObject({
      updated: 1,
      unchanged: 2,
    });
    const after = await versions();
    expect(before.filter((version) => !after.includes(version))).toHaveLength(2);
  });

  it('of an older look change nothing', async () => {
    await apply([guest(1, { approvalStatus: 'declined' })], at(10));
    expect(await apply([guest(1, { approvalStatus: 'approved' })], at(5))).toMatchObject({ added: 0, updated: 0 });
    expect(await rsvps()).toMatchObject([{ status: 'rejected', link: { observedAt: at(10) } }]);
  });

  it('leave an answer alone that was edited while the page travelled', async () => {
    await apply([guest(1, { approvalStatus: 'pending_approval' })]);
    const [row] = await rsvps();
    const [match] = await matchGuests(world.db, eventId, [guest(1)], null);
    if (match === undefined) throw new Error('not matched');
    const plan = planGuest(match.rsvp, { ...match.guest, at: at(1) }, 'ours');
    if (plan.kind !== 'write') throw new Error(plan.kind);
    await edit(row?.id ?? '', 'cancelled');
    const options = { eventId, observedAt: at(1), via: 'test', operationId: run.id };
    expect(await writeGuests(world.db, [{ match, plan }], options)).toMatchObject({ added: 0, updated: 0 });
    const [after] = await rsvps();
    expect(after).toMatchObject({ status: 'cancelled', revision: 2 });
    expect(after?.link?.pushedRevision).toBe(1);
  });

  describe('read without the lease', () => {
    const applyUnleased = (guests: ObservedGuest[], read: { observedAt: Date; unleasedSince: Date }) =>
      store.applyGuests(run, {
        eventId,
        calendarId,
        source: 'app',
        guests,
        ...read,
        via: 'test',
        trigger: 'scheduled',
      });
    const declined = guest(1, { approvalStatus: 'declined' });
    const begin = async (observedAt = new Date()) => ({ observedAt, unleasedSince: await store.beginRead(eventId) });
    const ask = async () => {
      const [row] = await rsvps();
      const asked = { rsvpId: row?.id ?? '', revision: 1, approvalStatus: 'waitlist' as const, email: null };
      await store.markAsked(run, [asked]);
    };
    const statusOf = async () => (await rsvps()).map(({ status }) => status);
    beforeEach(async () => {
      await apply([guest(1)], at(0));
    });

    it('are merged when nothing was written meanwhile', async () => {
      expect(await applyUnleased([declined], await begin())).toMatchObject({ updated: 1, contested: [] });
      expect(await statusOf()).toEqual(['rejected']);
    });

    it.each([
      ['a request was sent', () => ask()],
      ['a read was stored', () => apply([guest(1, { digest: 'newer' })], new Date())],
      [
        'a read was stored that began a moment earlier',
        () => apply([guest(1, { digest: 'e' })], new Date(Date.now() - 3_000)),
      ],
    ])('are contested when %s meanwhile', async (_what, meanwhile) => {
      const read = await begin();
      await meanwhile();
      expect(await applyUnleased([declined], read)).toMatchObject({ updated: 0, contested: ['gst-1'] });
      expect(await statusOf()).toEqual(['going']);
    });

    it('are merged over a webhook that came late', async () => {
      const read = await begin();
      await apply([guest(1, { digest: 'older' })], at(30));
      expect(await applyUnleased([declined], read)).toMatchObject({ updated: 1, contested: [] });
    });

    it('are contested by what a run writes that held the guests when the read began', async () => {
      const read = await store.withGuests(run, eventId, async () => {
        await ask();
        return begin();
      });
      expect(await applyUnleased([declined], read)).toMatchObject({ updated: 0, contested: ['gst-1'] });
      // The next read begins after that run.
      expect(await applyUnleased([declined], await begin())).toMatchObject({ updated: 1, contested: [] });
    });

    it('are left out when they were found gone meanwhile, also under an address that nobody has any more', async () => {
      const read = await begin();
      const [row] = await rsvps();
      await store.markGone(run, [row?.id ?? '']);
      await world.db.person.updateMany({ data: { email: 'moved@example.org' } });
      expect(await applyUnleased([guest(1)], read)).toMatchObject({ added: 0, updated: 0, contested: [] });
      expect(await rsvps()).toMatchObject([{ link: { lumaGuestId: null } }]);
      expect(await world.db.person.count()).toBe(1);
      // A later read shows the guest again.
      await world.db.person.updateMany({ data: { email: 'g1@example.org' } });
      expect(await applyUnleased([guest(1)], await begin())).toMatchObject({ updated: 1 });
    });

    it('are no second entries of an RSVP that was written meanwhile', async () => {
      const read = await begin();
      await ask();
      const second = guest(2, { email: 'g1@example.org' });
      await applyUnleased([second], read);
      expect(await world.db.timelineEntry.count({ where: { fact: 'guest-second-entry' } })).toBe(0);
      await applyUnleased([second], await begin());
      expect(await world.db.timelineEntry.count({ where: { fact: 'guest-second-entry' } })).toBe(1);
    });
  });

  it('with a status of tomorrow are counted and left alone', async () => {
    expect(await apply([guest(1, { approvalStatus: 'unknown:vip' })])).toMatchObject({ added: 0, unknownStatus: 1 });
    expect(await rsvps()).toEqual([]);
  });

  it('seen twice on a page are one', async () => {
    expect(await apply([guest(1), guest(1)])).toMatchObject({ added: 1 });
  });

  it('registered at the same moment on several events become one person', async () => {
    const events = await Promise.all(Array.from({ length: 6 }, () => world.addEvent({ calendarId })));
    const people = [guest(1), guest(2), guest(3)];
    await Promise.all(
      events.map(async (event, index) => {
        const own = people.map((one) => ({ ...one, lumaGuestId: `${one.lumaGuestId}-${index}` }));
        return apply(index % 2 === 0 ? own : own.reverse(), T0, await world.run(), event);
      }),
    );
    expect(await world.db.person.count()).toBe(3);
    expect(await world.db.rsvp.count()).toBe(18);
  });

  it('keep what Luma did not show this time', async () => {
    const tickets = [{ id: 't', name: 'VIP', checkedInAt: at(0).toISOString() }];
    await apply([guest(1, { kind: 'VIP', checkedInAt: at(0).toISOString(), tickets, answers: ['a'] })]);
    await apply(
      [guest(1, { digest: 'e', kind: undefined, checkedInAt: undefined, tickets: undefined, answers: undefined })],
      at(1),
    );
    expect(await rsvps()).toMatchObject([{ kind: 'VIP', checkedInAt: at(0), tickets, answers: ['a'] }]);
  });

  it('store nothing for a run that was taken over', async () => {
    await world.expire(run.id);
    await world.begin(run.id, 'another run', true);
    await expect(apply([guest(1)])).rejects.toMatchObject({ code: 'operation.lease_lost' });
    expect(await rsvps()).toEqual([]);
  });
});

describe('who a guest is', () => {
  it('is told by mail', async () => {
    const personId = await world.addPerson({ email: 'g1@example.org', name: null, phone: null });
    await answer(personId);
    await apply([guest(1, { phone: '+491111111' })]);
    expect(await rsvps()).toMatchObject([
      { personId, person: { name: 'Guest 1', phone: '+491111111' }, link: { lumaGuestId: 'gst-1', state: 'synced' } },
    ]);
  });

  it('is told by phone when no mail tells it, and then we know the mail', async () => {
    const personId = await world.addPerson({ email: null, phone: '+491111111' });
    const rsvpId = await answer(personId);
    await apply([guest(1, { phone: '+491111111' })]);
    expect(await rsvps()).toMatchObject([{ id: rsvpId, person: { id: personId, email: 'g1@example.org' } }]);
  });

  it('is told by phone for somebody without an answer yet', async () => {
    const personId = await world.addPerson({ email: null, phone: '+491111111' });
    await apply([guest(1, { phone: '+491111111' })]);
    expect(await rsvps()).toMatchObject([{ personId }]);
  });

  it('is told by phone and name for somebody who has another mail, which stays', async () => {
    const personId = await world.addPerson({ email: 'own@example.org', phone: '+491111111', name: 'Guest 1' });
    const rsvpId = await answer(personId);
    await apply([guest(1, { phone: '+491111111' })]);
    expect(await rsvps()).toMatchObject([
      { id: rsvpId, person: { id: personId, email: 'own@example.org' }, link: { lumaGuestId: 'gst-1' } },
    ]);
  });

  it('is not told by a phone that two people have', async () => {
    const people = [
      await world.addPerson({ email: null, phone: '+491111111' }),
      await world.addPerson({ email: null, phone: '+491111111' }),
    ];
    await apply([guest(1, { phone: '+491111111' })]);
    const [row] = await rsvps();
    expect(people).not.toContain(row?.personId);
  });

  it('is not one person for two guests of a page who share a phone', async () => {
    const personId = await world.addPerson({ email: null, phone: '+491111111' });
    const family = [guest(1, { phone: '+491111111' }), guest(2, { phone: '+491111111' })];
    expect(await apply(family)).toMatchObject({ added: 2 });
    const rows = await rsvps();
    expect(new Set(rows.map((row) => row.personId)).size).toBe(2);
    expect(rows.map((row) => row.personId)).toContain(personId);
  });

  it('is not somebody who is on the event as another guest, though the phone is theirs', async () => {
    const personId = await world.addPerson({ email: null, phone: '+491111111' });
    await apply([guest(1, { phone: '+491111111' })]);
    await world.db.person.update({ where: { id: personId }, data: { email: null } });
    expect(await apply([guest(2, { phone: '+491111111' })], at(1))).toMatchObject({ added: 1 });
    expect(await rsvps()).toHaveLength(2);
  });

  it('stays told by Luma’s id when the mail changes', async () => {
    await apply([guest(1)]);
    await apply([guest(1, { email: 'new@example.org', digest: 'e' })], at(1));
    expect(await rsvps()).toMatchObject([{ link: { lumaGuestId: 'gst-1' } }]);
    expect(await world.db.person.count()).toBe(1);
  });

  it('is not mixed up when a mail moves from one guest to another', async () => {
    await apply([guest(1), guest(2)]);
    const before = new Map((await rsvps()).map((row) => [row.link?.lumaGuestId, row.id]));
    const moved = [
      guest(3, { email: 'g1@example.org' }),
      guest(1, { email: 'other@example.org', digest: 'e' }),
      guest(2),
    ];
    await apply(moved, at(1));
    const after = new Map((await rsvps()).map((row) => [row.link?.lumaGuestId, row.id]));
    expect([after.get('gst-1'), after.get('gst-2')]).toEqual([before.get('gst-1'), before.get('gst-2')]);
  });
});

describe('answers on their way to Luma', () => {
  const due = () => store.listDue({ eventId, limit: 10 });
  const ask = async (approvalStatus: 'approved' | 'declined' = 'approved') =>
    store.markAsked(
      run,
      (await due()).map(({ rsvpId, revision }) => ({ rsvpId, revision, approvalStatus, email: null })),
    );

  it('are due until Luma shows them', async () => {
    await answer(await world.addPerson({ email: 'g1@example.org' }));
    expect(await due()).toMatchObject([{ state: 'pending_push', askedAt: null, confirmTries: 0 }]);
    await ask();
    expect(await due()).toMatchObject([{ state: 'unconfirmed', askedAt: expect.any(Date) }]);
    await apply([guest(1)]);
    expect(await due()).toEqual([]);
    expect(await rsvps()).toMatchObject([{ link: { state: 'synced', decidedBy: 'us', pushedRevision: 1 } }]);
  });

  it('ask for a push when Luma has another answer', async () => {
    await answer(await world.addPerson({ email: 'g1@example.org' }));
    await apply([guest(1, { approvalStatus: 'pending_approval' })]);
    expect(await due()).toMatchObject([{ state: 'pending_push', lumaGuestId: 'gst-1' }]);
    expect(await world.db.operation.count({ where: { job: 'rsvp.push', eventId } })).toBe(1);
  });

  it('stay due when they were edited while they were sent', async () => {
    const rsvpId = await answer(await world.addPerson({ email: 'g1@example.org' }));
    const before = await due();
    await edit(rsvpId, 'cancelled');
    await store.markAsked(
      run,
      before.map((rsvp) => ({
        rsvpId: rsvp.rsvpId,
        revision: rsvp.revision,
        approvalStatus: 'approved' as const,
        email: null,
      })),
    );
    expect(await due()).toMatchObject([{ state: 'pending_push', status: 'cancelled', askedAt: expect.any(Date) }]);
    await apply([guest(1)]);
    expect(await due()).toMatchObject([{ status: 'cancelled', state: 'pending_push', lumaGuestId: 'gst-1' }]);
  });

  it('are as if never sent when the request surely was not', async () => {
    await answer(await world.addPerson({ email: 'g1@example.org' }));
    const before = await due();
    await ask();
    await store.takeBackAsked(run, before);
    expect(await due()).toEqual(before);
  });

  it.each([
    ['go on', 'the same address', 'g1@example.org', 2],
    ['begin anew', 'another address', 'moved@example.org', 0],
    ['go on', 'no address, since Luma shows them', null, 2],
  ])('%s with their looks when they are sent again under %s', async (_how, _where, email, confirmTries) => {
    const rsvpId = await answer(await world.addPerson({ email: 'g1@example.org' }));
    const sent = { rsvpId, revision: 1, approvalStatus: 'approved' } as const;
    await store.markAsked(run, [{ ...sent, email: 'g1@example.org' }]);
    await store.countConfirmTry(run, [rsvpId]);
    await store.countConfirmTry(run, [rsvpId]);
    await store.markAsked(run, [{ ...sent, email }]);
    expect(await due()).toMatchObject([{ state: 'unconfirmed', confirmTries }]);
  });

  it('keep an edit that came while the request was taken back', async () => {
    const rsvpId = await answer(await world.addPerson({ email: 'g1@example.org' }));
    await ask();
    await store.countConfirmTry(run, [rsvpId]);
    const before = await due();
    await ask();
    await edit(rsvpId, 'cancelled');
    await store.takeBackAsked(run, before);
    expect(await due()).toMatchObject([{ state: 'pending_push', status: 'cancelled' }]);
  });

  it('know a no of theirs when it comes back, and nobody else’s', async () => {
    await apply([guest(1)]);
    const [row] = await rsvps();
    await edit(row?.id ?? '', 'cancelled');
    await ask('declined');
    await edit(row?.id ?? '', 'going');
    const soon = new Date(Date.now() + 1_000);
    await apply([guest(1, { approvalStatus: 'declined' })], soon);
    expect(await rsvps()).toMatchObject([{ status: 'going', link: { state: 'pending_push', decidedBy: 'us' } }]);
    expect(await world.db.conflict.count()).toBe(0);
  });

  it('count as a repeat once they were sent and have to be sent again', async () => {
    await answer(await world.addPerson({ email: 'g1@example.org' }));
    await apply([guest(1, { approvalStatus: 'pending_approval' })]);
    await ask();
    // Somebody at Luma changed it meanwhile: ours stays and is sent again.
    await apply([guest(1, { approvalStatus: 'waitlist' })], new Date(Date.now() + 1_000));
    expect(await due()).toMatchObject([{ state: 'pending_push', askedRevision: 1, revision: 1 }]);
  });

  it('are settled only as the revision that was looked at', async () => {
    const rsvpId = await answer(await world.addPerson({ email: 'g1@example.org' }), 'cancelled');
    await edit(rsvpId, 'going');
    await store.markSettled(run, [{ rsvpId, revision: 1 }]);
    expect(await due()).toHaveLength(1);
    await store.markSettled(run, [{ rsvpId, revision: 2 }]);
    expect(await due()).toEqual([]);
  });

  it('give way to a no at Luma, unless they were edited meanwhile', async () => {
    await apply([guest(1, { approvalStatus: 'declined' })]);
    const [row] = await rsvps();
    await edit(row?.id ?? '', 'going');
    await store.markDeclinedAtLuma(run, eventId, [{ rsvpId: row?.id ?? '', revision: 1 }]);
    expect(await rsvps()).toMatchObject([{ status: 'going' }]);
    await store.markDeclinedAtLuma(run, eventId, [{ rsvpId: row?.id ?? '', revision: 2 }]);
    expect(await rsvps()).toMatchObject([{ status: 'rejected', link: { state: 'synced', pushedRevision: 2 } }]);
  });

  it('are left alone once given up, and say why', async () => {
    const rsvpId = await answer(await world.addPerson({ email: 'g1@example.org' }));
    await store.markFailed(run, eventId, [rsvpId], { code: 'luma.rejected', message: 'no' });
    expect(await due()).toEqual([]);
    expect(await rsvps()).toMatchObject([
      { link: { state: 'push_failed', lastError: { code: 'luma.rejected', message: 'no' } } },
    ]);
  });

  it('include those that have no link at all, but no mere interest', async () => {
    await world.db.rsvp.create({ data: { eventId, personId: await world.addPerson(), status: 'going' } });
    await world.db.rsvp.create({ data: { eventId, personId: await world.addPerson(), status: 'interested' } });
    expect(await due()).toMatchObject([{ state: 'pending_push', pushedRevision: 0, decidedBy: 'unknown' }]);
  });
});

describe('people who are not where they were looked for', () => {
  it('are known by the address they were sent under, though they have another one since', async () => {
    const personId = await world.addPerson({ email: 'old@example.org' });
    const rsvpId = await answer(personId);
    await store.markAsked(run, [{ rsvpId, revision: 1, approvalStatus: 'approved', email: 'old@example.org' }]);
    await world.db.person.update({ where: { id: personId }, data: { email: 'new@example.org' } });
    expect(await apply([guest(1, { email: 'old@example.org' })])).toMatchObject({ added: 0, updated: 1 });
    expect(await rsvps()).toMatchObject([{ id: rsvpId, personId, link: { lumaGuestId: 'gst-1' } }]);
  });

  it('are sent as new once Luma has them no longer', async () => {
    await apply([guest(1)]);
    const [row] = await rsvps();
    await edit(row?.id ?? '', 'going');
    await store.markAsked(run, [{ rsvpId: row?.id ?? '', revision: 2, approvalStatus: 'approved', email: null }]);
    await store.markGone(run, [row?.id ?? '']);
    // But for the answer that was sent: a run that sends it again recognizes a repeat.
    expect(await store.listDue({ eventId, limit: 10 })).toMatchObject([
      { lumaGuestId: null, base: null, askedAt: null, askedRevision: 2, state: 'pending_push', decidedBy: 'unknown' },
    ]);
  });

  it.each([
    [
      'another address',
      'new@example.org',
      60,
      { askedAt: expect.any(Date), askedEmail: 'old@example.org', confirmTries: 0 },
    ],
    [
      'another address, and nothing can come in any more',
      'new@example.org',
      101,
      { askedAt: null, askedEmail: 'old@example.org' },
    ],
    ['the same address', 'old@example.org', 60, { askedAt: null, askedEmail: 'old@example.org' }],
  ])(
    'may still come in once more when Luma has them no longer, sent before under %s',
    async (_, email, secondsAgo, link) => {
      const personId = await world.addPerson({ email: 'old@example.org' });
      const rsvpId = await answer(personId);
      await store.markAsked(run, [{ rsvpId, revision: 1, approvalStatus: 'approved', email: 'old@example.org' }]);
      await apply([guest(1, { email: 'old@example.org' })]);
      // Any request about them that names no address leaves the one of the add.
      await store.markAsked(run, [{ rsvpId, revision: 1, approvalStatus: 'waitlist', email: null }]);
      await world.db.rsvpLink.updateMany({ data: { askedAt: new Date(Date.now() - secondsAgo * 1_000) } });
      await world.db.person.update({ where: { id: personId }, data: { email } });
      await store.markGone(run, [rsvpId]);
      expect(await rsvps()).toMatchObject([{ link: { lumaGuestId: null, state: 'pending_push', ...link } }]);
    },
  );

  it('have one answer, and a second entry at Luma is told of once', async () => {
    await apply([guest(1)]);
    const second = guest(2, { email: 'g1@example.org' });
    expect(await apply([guest(1), second], at(1))).toMatchObject({ added: 0, updated: 0 });
    await apply([second], at(2));
    const told = await world.db.timelineEntry.findMany({ where: { fact: 'guest-second-entry' } });
    expect(told).toHaveLength(1);
    expect(await rsvps()).toMatchObject([{ link: { lumaGuestId: 'gst-1' } }]);
  });

  it('have one answer also when both entries are seen for the first time, on one page', async () => {
    const both = [guest(1), guest(2, { email: 'g1@example.org' }), guest(3)];
    expect(await apply(both)).toMatchObject({ added: 2 });
    expect(await rsvps()).toMatchObject([{ link: { lumaGuestId: 'gst-1' } }, { link: { lumaGuestId: 'gst-3' } }]);
    await apply(both, at(1));
    expect(await world.db.timelineEntry.count({ where: { fact: 'guest-second-entry' } })).toBe(1);
  });

  it('are followed to a second entry when their first was refused', async () => {
    await apply([guest(1, { approvalStatus: 'declined' })]);
    await apply([guest(2, { email: 'g1@example.org' })], at(1));
    expect(await rsvps()).toMatchObject([{ status: 'going', link: { lumaGuestId: 'gst-2' } }]);
  });
});

describe('when a guest was seen', () => {
  it('is that of the guest with this id, else with this mail, at this event only', async () => {
    await apply([guest(1), guest(2)], at(10));
    await store.noteSeen(run, eventId, 'gst-2', at(20));
    const seenAt = async (event: string, id: string, email: string) =>
      (await store.findGuest(event, id, email))?.observedAt;
    expect(await seenAt(eventId, 'gst-1', 'g2@example.org')).toEqual(at(10));
    expect(await seenAt(eventId, 'gst-unknown', 'g2@example.org')).toEqual(at(20));
    expect(await seenAt(randomUUID(), 'gst-1', 'g1@example.org')).toBeUndefined();
  });

  it('moves on without anything else, and never back', async () => {
    await apply([guest(1)], at(10));
    await store.noteSeen(run, eventId, 'gst-1', at(20));
    await store.noteSeen(run, eventId, 'gst-1', at(15));
    expect((await store.findGuest(eventId, 'gst-1', 'x'))?.observedAt).toEqual(at(20));
    await store.noteSeen(run, randomUUID(), 'gst-1', at(30));
    expect((await store.findGuest(eventId, 'gst-1', 'x'))?.observedAt).toEqual(at(20));
  });
});
