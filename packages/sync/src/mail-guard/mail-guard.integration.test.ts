import { describe, expect, it } from '@jest/globals';
import { PermanentError, RetryAfterError } from '@luma-sync/jobs';
import { giveMailPermit } from '@luma-sync/store';
import { openSyncWorld, type SyncWorld, type SyncWorldOptions } from '../../test/sync-world.js';
import { readEntries } from '../../test/timeline-entries.js';

const LIMIT = 3;

async function openWorld(options: SyncWorldOptions): Promise<{ world: SyncWorld; eventId: string }> {
  const world = await openSyncWorld(options);
  await world.db.calendar.update({ where: { id: world.calendarId }, data: { mailConfirmAbove: LIMIT } });
  const eventId = await world.putEvent('e1');
  await world.drain();
  return { world, eventId };
}

const mailed = ({ sim }: SyncWorld) => sim.control.counters().mailsLumaWouldHaveSent.byApi;
/** What each request to a path said about mail. */
const flags = ({ sim }: SyncWorld, path: string, flag: string) =>
  sim.control.log({ path }).map(({ body }) => (body as Record<string, unknown>)[flag]);
const decisions = async ({ db }: SyncWorld, recordType: 'event' | 'rsvp') =>
  (await readEntries(db, { recordType })).filter(
    ({ kind, details }) => kind === 'decided' && typeof details === 'object' && details !== null && 'mail' in details,
  );

describe('an edit that guests would be mailed about', () => {
  async function withGuests(count: number) {
    const { world, eventId } = await openWorld({ mailOnUpdate: true });
    const lumaEventId = (await world.atLuma(eventId))?.id ?? '';
    world.sim.control.registerGuests(lumaEventId, { count, emailPrefix: 'g', silent: true });
    await world.enqueue('guest.pull', { eventId, assignCoupons: false, sendEmails: false, approvalStatus: null });
    await world.drain();
    return { world, eventId };
  }
  const say = ({ world, eventId }: { world: SyncWorld; eventId: string }, recipients: number) =>
    giveMailPermit(world.db, { eventId, purpose: 'event_update', recipients, actor: 'ann' });
  const rename = async ({ world, eventId }: { world: SyncWorld; eventId: string }, title = 'Renamed') => {
    await world.putEvent('e1', { title });
    await world.drain();
    expect(await world.atLuma(eventId)).toMatchObject({ name: title });
  };

  it('is sent with mail up to the limit, and the reason stands in the story before the answer', async () => {
    const stage = await withGuests(LIMIT);
    await rename(stage);
    expect(mailed(stage.world)).toEqual({ 'event-updated': LIMIT });
    const [decision, ...more] = await decisions(stage.world, 'event');
    expect(more).toEqual([]);
    expect(decision).toMatchObject({
      message: 'Luma may mail 3 people: the calendar lets it (mailOnUpdate), and up to 3 need no confirmation.',
      details: { mail: { purpose: 'event_update', allowed: true, recipients: 3, permitId: null } },
      operationId: expect.any(String),
    });
  });

  it('is sent without mail above it, and says so (T42)', async () => {
    const stage = await withGuests(LIMIT + 1);
    await rename(stage);
    expect(mailed(stage.world)).toEqual({});
    expect((await decisions(stage.world, 'event'))[0]?.message).toBe(
      'No mail: 4 people would be mailed at once, more than 3, and nobody confirmed their number.',
    );
  });

  it('is sent with mail above it when somebody said the number, and once: the word is used up', async () => {
    const stage = await withGuests(LIMIT + 1);
    await say(stage, LIMIT + 1);
    await rename(stage, 'First');
    expect(mailed(stage.world)).toEqual({ 'event-updated': LIMIT + 1 });
    await rename(stage, 'Second');
    expect(mailed(stage.world)).toEqual({ 'event-updated': LIMIT + 1 });
  });

  it('mails nobody when guests came since the number was said', async () => {
    const stage = await withGuests(LIMIT + 2);
    await say(stage, LIMIT + 1);
    await rename(stage);
    expect(mailed(stage.world)).toEqual({});
    expect((await decisions(stage.world, 'event'))[0]?.message).toContain('ann confirmed 4');
  });

  it('mails nobody by a word that is older than a push may wait', async () => {
    const stage = await withGuests(LIMIT + 1);
    await say(stage, LIMIT + 1);
    await stage.world.db.mailPermit.updateMany({ data: { expiresAt: new Date(Date.now() - 1) } });
    await rename(stage);
    expect(mailed(stage.world)).toEqual({});
  });

  it('is repeated without mail when nobody knows whether it arrived (T39, T42)', async () => {
    const stage = await withGuests(LIMIT);
    const path = '/v1/events/update';
    stage.world.sim.control.layFault({ kind: 'error', status: 500, method: 'POST', path, count: 1 });
    await rename(stage);
    expect(flags(stage.world, path, 'suppress_notifications')).toEqual([false, true]);
    expect(mailed(stage.world)).toEqual({});
  });

  it('keeps its word when the request surely never reached Luma', async () => {
    const stage = await withGuests(LIMIT + 1);
    await say(stage, LIMIT + 1);
    stage.world.sim.control.layFault({
      kind: 'error',
      status: 429,
      method: 'POST',
      path: '/v1/events/update',
      count: 1,
    });
    await rename(stage);
    expect(mailed(stage.world)).toEqual({ 'event-updated': LIMIT + 1 });
  });
});

describe('answers that people would be mailed about', () => {
  const answer = async (world: SyncWorld, count: number, prefix = 'p') => {
    for (let n = 0; n < count; n += 1) await world.putRsvp('e1', `${prefix}${n}`, 'going');
  };
  /** Answers that somebody else's command sends: they waited for the event to be approved, say. */
  const waitWith = async (world: SyncWorld, answers: () => Promise<unknown>) => {
    await answers();
    await world.db.$executeRaw`update rsvp_links set own_answer_revision = 0`;
  };

  it('are the persons’ own mail, one each, however many answer at once', async () => {
    const { world } = await openWorld({ mailOnRsvp: true });
    await answer(world, LIMIT + 4);
    await world.drain();
    expect(mailed(world)).toEqual({ 'guest-added': LIMIT + 4 });
    const [decision] = await decisions(world, 'rsvp');
    expect(decision?.message).toBe(
      'Luma may mail 7 people: the calendar lets it (mailOnRsvp), and each is told of their own answer.',
    );
  });

  it('are mailed as well after an outage, and the crowd beside them is not', async () => {
    const { world } = await openWorld({ mailOnRsvp: true });
    await waitWith(world, () => answer(world, LIMIT + 1, 'crowd'));
    await answer(world, LIMIT + 1, 'own');
    await world.drain();
    expect(mailed(world)).toEqual({ 'guest-added': LIMIT + 1 });
    const flagged = world.sim.control.log({ path: '/v1/events/guests/add' }).flatMap(({ body }) => {
      const { guests, send_email: isMailed } = body as { guests: { email: string }[]; send_email: boolean };
      return guests.map(({ email }) => [email.startsWith('own'), isMailed]);
    });
    expect(flagged.every(([isOwn, isMailed]) => isOwn === isMailed)).toBe(true);
  });

  it('are sent with mail up to the limit, each with its reason', async () => {
    const { world } = await openWorld({ mailOnRsvp: true });
    await answer(world, LIMIT);
    await world.drain();
    expect(mailed(world)).toEqual({ 'guest-added': LIMIT });
    const noted = await decisions(world, 'rsvp');
    expect(noted).toHaveLength(LIMIT);
    expect(noted[0]?.message).toContain('mailOnRsvp');
  });

  it('are all sent without mail when more of them are due at once, also those of a later run (T43)', async () => {
    const { world, eventId } = await openWorld({ mailOnRsvp: true });
    await world.db.$executeRaw`
      with p as (insert into people (name, email, origin) select 'P' || n, 'many' || n || '@example.org', 'app'
        from generate_series(1, 203) n returning id)
      insert into rsvps (event_id, person_id, status) select ${eventId}::uuid, id, 'going' from p`;
    await world.enqueue('rsvp.push', { eventId });
    await world.drain();
    const guests = (await world.atLuma(eventId))?.guests ?? [];
    expect(guests).toHaveLength(203);
    expect(mailed(world)).toEqual({});
    expect((await decisions(world, 'rsvp')).every(({ message }) => message.startsWith('No mail: '))).toBe(true);
    // What comes afterwards, one by one, is mailed as ever.
    await answer(world, 1, 'late');
    await world.drain();
    expect(mailed(world)).toEqual({ 'guest-added': 1 });
  });

  it('are counted together with one whose earlier answer is on its way: it may be mailed about as well', async () => {
    const { world } = await openWorld({ mailOnRsvp: true });
    const path = '/v1/events/guests/add';
    world.sim.control.layFault({ kind: 'error', status: 500, method: 'POST', path, count: 1 });
    await answer(world, 1);
    const [operation] = await world.operationsOf('rsvp.push');
    await world.run(operation?.id ?? '');
    await waitWith(world, async () => {
      await world.putRsvp('e1', 'p0', 'waitlist');
      await answer(world, LIMIT, 'q');
    });
    await world.drain();
    expect(mailed(world)).toEqual({});
  });

  it('are counted as this run carries them, also those who take them back before they are sent', async () => {
    const { world } = await openWorld({ mailOnRsvp: true });
    await waitWith(world, () => answer(world, LIMIT + 1));
    // Read by then, and not counted yet.
    const read: typeof world.deps.checkpoints.read = async (operationId) => {
      await world.putRsvp('e1', 'p0', 'cancelled');
      await world.putRsvp('e1', 'p1', 'cancelled');
      return await world.deps.checkpoints.read(operationId);
    };
    await world.drain({ ...world.deps, checkpoints: { ...world.deps.checkpoints, read } });
    expect(mailed(world)).not.toHaveProperty('guest-added');
    expect((await decisions(world, 'rsvp'))[0]?.message).toContain(`${LIMIT + 1} people would be mailed at once`);
  });

  it('are sent with mail when somebody said how many, and those who answered since need no word', async () => {
    const { world, eventId } = await openWorld({ mailOnRsvp: true });
    await giveMailPermit(world.db, { eventId, purpose: 'rsvp_push', recipients: LIMIT + 2, actor: 'ann' });
    await waitWith(world, () => answer(world, LIMIT + 2 + LIMIT));
    await world.drain();
    expect(mailed(world)).toEqual({ 'guest-added': LIMIT + 2 + LIMIT });
    await waitWith(world, () => answer(world, LIMIT + 1, 'more'));
    await world.drain();
    expect(mailed(world)).toEqual({ 'guest-added': LIMIT + 2 + LIMIT });
  });

  it('are repeated without mail when nobody knows whether they arrived (T43)', async () => {
    const { world, eventId } = await openWorld({ mailOnRsvp: true });
    const path = '/v1/events/guests/add';
    world.sim.control.layFault({ kind: 'error', status: 500, method: 'POST', path, count: 1 });
    await answer(world, 1);
    await world.drain();
    expect((await world.atLuma(eventId))?.guests).toHaveLength(1);
    expect(flags(world, path, 'send_email')).toEqual([true, false]);
    expect(mailed(world)).toEqual({});
    expect((await decisions(world, 'rsvp')).at(-1)?.message).toBe('No mail: a repeated request never mails.');
  });

  it('are mailed about although the first try was turned away: it surely did nothing', async () => {
    const { world } = await openWorld({ mailOnRsvp: true });
    const path = '/v1/events/guests/add';
    world.sim.control.layFault({ kind: 'rate-limit', method: 'POST', path, count: 1 });
    await answer(world, 1);
    await world.drain();
    expect(mailed(world)).toEqual({ 'guest-added': 1 });
  });

  it('are repeated without mail after a refusal of many, also when there is no slot for the second half of them', async () => {
    const { world, eventId } = await openWorld({ mailOnRsvp: true });
    const account = await world.deps.luma.open(world.calendarId);
    const endings = [
      new PermanentError('luma.rejected', 'no'),
      null,
      new RetryAfterError('limiter.no_slot', 'none', { waitMs: 0 }),
    ];
    const sent: boolean[] = [];
    const api = new Proxy(account.api, {
      get: (target, name, receiver) => {
        const method = Reflect.get(target, name, receiver);
        if (name !== 'addGuests') return method;
        return async (...args: Parameters<typeof account.api.addGuests>) => {
          sent.push(args[2].sendEmail);
          const ending = endings.shift() ?? null;
          if (ending !== null) throw ending;
          return account.api.addGuests(...args);
        };
      },
    });
    await answer(world, 2);
    await world.drain({ ...world.deps, luma: { open: async () => ({ ...account, api }) } });
    expect((await world.atLuma(eventId))?.guests).toHaveLength(2);
    expect(sent).toEqual([true, false, false, false]);
    expect(mailed(world)).toEqual({});
  });

  it('are not mailed about again when they were given up, and a host moved the guest before that was known', async () => {
    const { world, eventId } = await openWorld({ mailOnRsvp: true });
    await answer(world, 1);
    const [operation] = await world.operationsOf('rsvp.push');
    await world.run(operation?.id ?? '');
    expect(mailed(world)).toEqual({ 'guest-added': 1 });
    // As after an add whose end nobody saw.
    await world.db.$executeRaw`update rsvp_links set state = 'push_failed', luma_guest_id = null, base = null,
            observed_at = null`;
    const { id = '' } = (await world.atLuma(eventId)) ?? {};
    world.sim.control.changeGuest(id, 'p0@example.org', { status: 'waitlist', silent: true });
    await world.enqueue('guest.pull', { eventId, assignCoupons: false, sendEmails: false, approvalStatus: null });
    await world.drain();
    expect((await world.atLuma(eventId))?.guests).toMatchObject([{ status: 'approved' }]);
    expect(mailed(world)).toEqual({ 'guest-added': 1 });
  });

  it('are changed without a second mail when nobody knows whether the change arrived (T46)', async () => {
    const { world, eventId } = await openWorld({ mailOnRsvp: true });
    await answer(world, 1);
    await world.drain();
    const path = '/v1/events/guests/update-status';
    world.sim.control.layFault({ kind: 'error', status: 500, method: 'POST', path, count: 1 });
    await world.putRsvp('e1', 'p0', 'cancelled');
    await world.drain();
    expect((await world.atLuma(eventId))?.guests).toMatchObject([{ status: 'declined' }]);
    expect(flags(world, path, 'send_email')).toEqual([true, false]);
  });

  it('that Luma had already are said again without mail, when a late request of ours took them away', async () => {
    const { world, eventId } = await openWorld({ mailOnRsvp: true });
    const { id: lumaEventId = '' } = (await world.atLuma(eventId)) ?? {};
    const pull = async () => {
      await world.enqueue('guest.pull', { eventId, assignCoupons: false, sendEmails: false, approvalStatus: null });
      await world.drain();
    };
    const guest = { guests: [{ email: 'p0@example.org' }], status: 'pending_approval' as const, silent: true };
    world.sim.control.registerGuests(lumaEventId, guest);
    await pull();
    const path = '/v1/events/guests/update-status';
    world.sim.control.layFault({ kind: 'reset', method: 'POST', path, count: 1 });
    await world.putRsvp('e1', 'p0', 'cancelled');
    await world.drain(undefined, 1);
    await world.putRsvp('e1', 'p0', 'pending');
    await world.drain();
    expect(flags(world, path, 'send_email')).toEqual([true]);
    // Now it comes in.
    world.sim.control.changeGuest(lumaEventId, 'p0@example.org', { status: 'declined', silent: true });
    await pull();
    expect((await world.atLuma(eventId))?.guests).toMatchObject([{ status: 'pending_approval' }]);
    expect(flags(world, path, 'send_email')).toEqual([true, false]);
  });

  it('never go out as invitations, which mail and text people (T47)', async () => {
    const { world, eventId } = await openWorld({ mailOnRsvp: true });
    await world.db.$executeRaw`
      with p as (insert into people (name, email, origin) values ('I', 'i@example.org', 'app') returning id)
      insert into rsvps (event_id, person_id, status) select ${eventId}::uuid, id, 'interested' from p`;
    await world.enqueue('rsvp.push', { eventId });
    await world.drain();
    expect(world.sim.control.log({ path: '/v1/events/guests/send-invites' })).toEqual([]);
    expect(mailed(world)).toEqual({});
  });
});
