import { beforeEach, describe, expect, it } from '@jest/globals';
import { answerBackfillQuestion } from '@luma-sync/application';
import { inTransaction } from '@luma-sync/store';
import { toDyingDeps } from '../../test/dying.js';
import { openSyncWorld, type SyncWorld } from '../../test/sync-world.js';

let world: SyncWorld;
beforeEach(async () => {
  world = await openSyncWorld({ mailOnUpdate: true, mailOnRsvp: true });
});

const STARTS_AT = new Date(Date.now() + 86_400_000);
const ENDS_AT = new Date(STARTS_AT.getTime() + 3_600_000);

/** Events of the app from before the calendar was connected: none of them was pushed. */
async function putUnpushed(key: string, change: object = {}): Promise<string> {
  const id = await world.putEvent(key, { title: key, startsAt: STARTS_AT, endsAt: ENDS_AT, ...change });
  await world.db.operation.deleteMany({ where: { job: 'event.push' } });
  return id;
}

const atLuma = (name: string, change: object = {}) =>
  world.sim.control.createEvent({
    name,
    start_at: STARTS_AT.toISOString(),
    end_at: ENDS_AT.toISOString(),
    timezone: 'Europe/Berlin',
    ...change,
  });

const pullGuests = async (eventId: string) => {
  await world.enqueue('guest.pull', { eventId, assignCoupons: false, sendEmails: false, approvalStatus: null });
  await world.drain();
};
/** The calendar is read before the app has said anything: its event is a record of its own, with its guests. */
const pullFirst = async () => {
  await world.enqueue('calendar.pull', { calendarId: world.calendarId });
  await world.drain();
  const imported = await world.db.event.findFirstOrThrow({ where: { source: 'luma' } });
  await pullGuests(imported.id);
  return imported;
};

const backfill = async (apply: boolean, planId: string | null = null) => {
  const id = await world.enqueue('org.backfill', { calendarId: world.calendarId, planId, apply, startsAfter: null });
  return world.run(id);
};
const newestPlan = () =>
  world.db.backfillPlan.findFirstOrThrow({
    orderBy: { createdAt: 'desc' },
    include: { steps: { orderBy: { position: 'asc' } } },
  });
/** Method and path of each request since. */
const requestsSince = (seq: number) =>
  world.sim.control.log({ after: seq }).map(({ method, path }) => `${method} ${path}`);
const seqNow = () => world.sim.control.counters().requests;
const mails = () => world.sim.control.counters().mailsLumaWouldHaveSent;

async function mixedWorld() {
  const adopted = await putUnpushed('Drum circle', { descriptionMd: 'Bring a *drum*', capacity: 40 });
  const created = await putUnpushed('Only here');
  const known = atLuma('Drum Circle!', { description_md: '' });
  const foreign = atLuma('Only there');
  return { adopted, created, known, foreign };
}

describe('a backfill', () => {
  it('plans the exact requests without sending any of them, and applying it sends exactly those', async () => {
    const { adopted, created, known, foreign } = await mixedWorld();
    let seq = seqNow();
    await backfill(false);
    // One page, and the one event that may be ours in full.
    expect(requestsSince(seq)).toEqual(['GET /v1/calendars/events/list', 'GET /v1/events/get']);
    expect(world.sim.control.counters()).toMatchObject({ events: 2 });
    const plan = await newestPlan();
    expect(plan.steps).toMatchObject([
      { kind: 'adopt', eventId: adopted, lumaEventId: known.id, matchedBy: 'time_and_name' },
      { kind: 'create', eventId: created },
      { kind: 'import', lumaEventId: foreign.id },
    ]);
    const planned = plan.steps.flatMap((step) => step.requests);
    expect(plan).toMatchObject({ state: 'planned', requests: planned.length, perMinute: 190, questions: 0 });

    seq = seqNow();
    expect(await backfill(false, plan.id)).toMatchObject({ outcome: { details: { applied: true, failed: 0 } } });
    // Looked at once more before anything is done, as when it was planned.
    const [list, read, ...applied] = requestsSince(seq);
    expect([list, read]).toEqual(['GET /v1/calendars/events/list', 'GET /v1/events/get']);
    expect(applied).toEqual(planned);
    expect((await newestPlan()).state).toBe('applied');
    expect(await world.row(adopted)).toMatchObject({ link: { lumaEventId: known.id, state: 'synced' } });
    expect(await world.atLuma(adopted)).toMatchObject({ name: 'Drum circle' });
    expect(await world.row(created)).toMatchObject({ link: { state: 'synced' } });
    expect(world.sim.control.counters()).toMatchObject({ events: 3 });
    expect(await world.db.event.count({ where: { link: { lumaEventId: foreign.id }, source: 'luma' } })).toBe(1);

    seq = seqNow();
    await backfill(true);
    expect(await newestPlan()).toMatchObject({ state: 'applied', requests: 0, steps: [] });
    expect(requestsSince(seq)).toEqual(['GET /v1/calendars/events/list']);
  });

  it('mails nobody, even where the calendar lets edits mail guests', async () => {
    const { known } = await mixedWorld();
    world.sim.control.registerGuests(known.id, { count: 3, emailPrefix: 'g', silent: true });
    const before = mails();
    await backfill(true);
    expect(world.sim.control.log({ path: '/v1/events/update' })).toHaveLength(1);
    expect(mails()).toEqual(before);
  });

  it('empties nobody’s text: what one side lacks it gets from the other, and both values of a conflict are kept', async () => {
    const id = await putUnpushed('Drum circle', { descriptionMd: null, meetingUrl: null, timezone: 'UTC' });
    const { id: lumaEventId } = atLuma('Drum circle', {
      description_md: 'Theirs',
      meeting_url: 'https://meet.example.org/1',
    });
    await backfill(true);
    expect(await world.row(id)).toMatchObject({ descriptionMd: 'Theirs', meetingUrl: 'https://meet.example.org/1' });
    expect(await world.atLuma(id)).toMatchObject({ id: lumaEventId, timezone: 'UTC' });
    expect(await world.db.conflict.findMany({ where: { recordId: id } })).toMatchObject([
      { field: 'timezone', ours: 'UTC', theirs: 'Europe/Berlin', resolution: 'ours' },
    ]);
  });

  it('adopting an event does not publish it', async () => {
    const id = await putUnpushed('Drum circle');
    atLuma('Drum circle', { visibility: 'private' });
    await backfill(true);
    expect(await world.atLuma(id)).toMatchObject({ visibility: 'private' });
    expect(await world.row(id)).toMatchObject({ visibility: 'private' });
  });

  it.each([
    [
      'our event was edited',
      async (ours: string) => {
        await world.db.event.update({
          where: { id: ours },
          data: { title: 'Drum circle', revision: { increment: 1 } },
        });
      },
    ],
    [
      'Luma’s event was edited',
      async (_ours: string, theirs: string) => {
        world.sim.control.changeEvent(theirs, { description_md: 'News', silent: true });
      },
    ],
    [
      'Luma has another event',
      async () => {
        atLuma('Newcomer');
      },
    ],
    [
      'Luma’s event is gone',
      async (_ours: string, theirs: string) => {
        world.sim.control.removeEvent(theirs, { silent: true });
      },
    ],
  ] as const)('stops when %s since the plan was made, changes nothing and says so', async (_what, change) => {
    const { adopted, known } = await mixedWorld();
    await backfill(false);
    const { id } = await newestPlan();
    await change(adopted, known.id);
    const before = world.sim.control.counters().events;
    expect(await backfill(false, id)).toMatchObject({ outcome: { kind: 'skipped', reason: 'world-changed' } });
    const stale = await newestPlan();
    expect(stale.state).toBe('stale');
    expect(stale.changes.length).toBeGreaterThan(0);
    expect(world.sim.control.counters().events).toBe(before);
    expect(world.sim.control.log({ method: 'POST', path: '/v1/events/*' })).toEqual([]);
    expect(await backfill(false, id)).toMatchObject({ outcome: { reason: 'already-stale' } });
  });

  it('asks where two fit, does nothing with either, and goes by the answer', async () => {
    const id = await putUnpushed('Drum circle');
    const [x, y] = [atLuma('Drum circle'), atLuma('Drum circle')];
    await backfill(true);
    const questions = await world.db.backfillQuestion.findMany({ orderBy: { lumaEventId: 'asc' } });
    expect(questions).toHaveLength(2);
    expect(questions).toMatchObject(
      [x.id, y.id].sort().map((lumaEventId) => ({ lumaEventId, reason: 'several_fit', answer: null })),
    );
    expect(world.sim.control.counters()).toMatchObject({ events: 2 });
    // Neither does a push that comes from elsewhere make a third.
    const pushId = await world.enqueue('event.push', { eventId: id });
    expect(await world.run(pushId)).toMatchObject({ kind: 'failed', code: 'event.in_doubt' });
    expect(world.sim.control.counters()).toMatchObject({ events: 2 });

    const asked = questions.find(({ lumaEventId }) => lumaEventId === y.id);
    const answering = await inTransaction(world.db, (tx) =>
      answerBackfillQuestion(tx, asked?.id ?? '', { answer: 'link', actor: 'operator' }),
    );
    expect(answering.kind).toBe('answered');
    // Not by the next backfill, but now.
    await world.drain();
    expect(await world.row(id)).toMatchObject({ link: { lumaEventId: y.id, state: 'synced' } });
    expect(world.sim.control.counters()).toMatchObject({ events: 2 });
    expect(await world.db.backfillQuestion.count({ where: { answer: null, settledAt: null } })).toBe(0);
  });

  it('creates an event that a person keeps apart from all it was compared with', async () => {
    const id = await putUnpushed('Drum circle');
    atLuma('Drum circle', { start_at: new Date(STARTS_AT.getTime() + 3_600_000).toISOString() });
    await backfill(true);
    const [question] = await world.db.backfillQuestion.findMany();
    expect(question).toMatchObject({ reason: 'near_in_time' });
    const answer = { answer: 'keep_apart', actor: 'operator' } as const;
    await inTransaction(world.db, (tx) => answerBackfillQuestion(tx, question?.id ?? '', answer));
    await world.drain();
    expect(await world.row(id)).toMatchObject({ link: { state: 'synced' } });
    expect(world.sim.control.counters()).toMatchObject({ events: 2 });
    const late = inTransaction(world.db, (tx) =>
      answerBackfillQuestion(tx, question?.id ?? '', { ...answer, answer: 'link' }),
    );
    expect(await late).toEqual({ kind: 'too-late' });
  });

  it('makes one of two records when the calendar was pulled first, and loses no guest, answer or history', async () => {
    const { id: lumaEventId } = atLuma('Drum circle');
    const guests = { count: 3, emailPrefix: 'guest', silent: true };
    world.sim.control.registerGuests(lumaEventId, guests);
    const imported = await pullFirst();
    const before = new Map((await world.rsvps(imported.id)).map(({ id, person }) => [person.email, id]));
    const id = await putUnpushed('Drum circle');
    await world.putRsvp('Drum circle', 'guest-1', 'going');
    await world.putRsvp('Drum circle', 'newcomer', 'going');
    await world.db.operation.deleteMany({ where: { job: 'rsvp.push' } });
    const history = await world.db.timelineEntry.count();

    await backfill(true);
    await world.drain();
    expect(await world.db.event.count()).toBe(1);
    expect(await world.row(id)).toMatchObject({ source: 'app', link: { lumaEventId, state: 'synced' } });
    const rsvps = await world.rsvps(id);
    expect(rsvps.map(({ person }) => person.email)).toEqual([
      'guest-1@example.org',
      'guest-2@example.org',
      'guest-3@example.org',
      'newcomer@example.org',
    ]);
    expect(rsvps.every(({ link }) => link?.lumaGuestId != null)).toBe(true);
    // The very records, not some made anew by the next look at Luma.
    for (const email of ['guest-2@example.org', 'guest-3@example.org'])
      expect(rsvps.find(({ person }) => person.email === email)?.id).toBe(before.get(email));
    expect(world.sim.control.counters().duplicates).toEqual({ guests: [], events: [] });
    expect(await world.db.timelineEntry.count({ where: { eventId: id } })).toBeGreaterThan(history);
    expect(await world.db.timelineEntry.count({ where: { eventId: imported.id } })).toBe(0);
  });

  it('takes the answer that the app gave for one that was never sent, whatever the imported record had been through', async () => {
    const { id: lumaEventId } = atLuma('Drum circle');
    const guest = { guests: [{ email: 'guest@example.org' }], status: 'pending_approval' as const, silent: true };
    world.sim.control.registerGuests(lumaEventId, guest);
    const imported = await pullFirst();
    // Looked at once more after a change there: by then it has been compared.
    world.sim.control.changeGuest(lumaEventId, 'guest@example.org', { status: 'waitlist', silent: true });
    await pullGuests(imported.id);
    await putUnpushed('Drum circle');
    await world.putRsvp('Drum circle', 'guest', 'going');
    await backfill(true);
    await world.drain();
    const sent = world.sim.control.log({ path: '/v1/events/guests/update-status' });
    expect(sent.map(({ body }) => body)).toMatchObject([{ status: 'approved', send_email: true }]);
  });

  it('goes on with its plan after a crash at any step, and creates nothing twice', async () => {
    const { adopted, created } = await mixedWorld();
    const id = await world.enqueue('org.backfill', {
      calendarId: world.calendarId,
      planId: null,
      apply: true,
      startsAfter: null,
    });
    for (let dieAt = 1; dieAt <= 40; dieAt += 1) {
      const end = await world.run(id, toDyingDeps(world, dieAt));
      if (end.kind === 'done') break;
    }
    expect(await newestPlan()).toMatchObject({ state: 'applied' });
    expect(world.sim.control.counters()).toMatchObject({ events: 3, duplicates: { events: [], guests: [] } });
    for (const eventId of [adopted, created])
      expect(await world.row(eventId)).toMatchObject({ link: { state: 'synced' } });
  });

  it('T9 T12 creates nothing because of half a list', async () => {
    await mixedWorld();
    world.sim.control.layFault({ kind: 'error', status: 503, path: '/v1/calendars/events/list', count: 1 });
    const id = await world.enqueue('org.backfill', {
      calendarId: world.calendarId,
      planId: null,
      apply: true,
      startsAfter: null,
    });
    expect(await world.run(id)).toMatchObject({ kind: 'put-back' });
    expect(await world.db.backfillPlan.count()).toBe(0);
    expect(world.sim.control.counters()).toMatchObject({ events: 2 });
  });

  it('goes on with the others when Luma will not have one event, which says so itself', async () => {
    const { created, foreign } = await mixedWorld();
    world.sim.control.layFault({ kind: 'error', status: 400, path: '/v1/events/create' });
    expect(await backfill(true)).toMatchObject({ outcome: { details: { failed: 1 } } });
    expect(await world.row(created)).toMatchObject({
      link: { state: 'push_failed', lastError: { code: 'luma.rejected' } },
    });
    expect(await world.db.eventLink.count({ where: { lumaEventId: foreign.id } })).toBe(1);
  });
});
