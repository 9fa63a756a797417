import { beforeEach, describe, expect, it } from '@jest/globals';
import { answerRemovalQuestion } from '@luma-sync/application';
import { inTransaction } from '@luma-sync/store';
import { openSyncWorld, type SyncWorld } from '../../test/sync-world.js';

let world: SyncWorld;
beforeEach(async () => {
  world = await openSyncWorld();
});

/** The check alone; the guest pulls that it asks for are looked at where they matter. */
const check = async () => world.run(await world.enqueue('drift.check', { calendarId: world.calendarId }));
const lumaIdOf = async (eventId: string) => (await world.atLuma(eventId))?.id ?? '';
async function putEvents(count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < count; n += 1) ids.push(await world.putEvent(`e${n}`, { title: `Event ${n}` }));
  await world.drain();
  return ids;
}

/** Ten thousand takes minutes here: `DRIFT_GUESTS=10000` tries it. */
const GUESTS = Number(process.env.DRIFT_GUESTS ?? 1_000);
const EVENTS = 5;

describe('a drift check', () => {
  it('of events that are in step costs one list and writes nothing but that it looked', async () => {
    const ids = await putEvents(5);
    const before = world.sim.control.counters().requests;
    const updatedAt = (await world.row(ids[0] ?? '')).updatedAt;
    expect(await check()).toMatchObject({ outcome: { details: { checked: 5, drifted: 0, gone: 0, unknown: 0 } } });
    expect(world.sim.control.counters().requests - before).toBe(1);
    const row = await world.row(ids[0] ?? '');
    expect(row.updatedAt).toEqual(updatedAt);
    expect(row.link?.state).toBe('synced');
  });

  it('finds a change that no webhook told of, and takes it over', async () => {
    const [silent, other] = await putEvents(2);
    world.sim.control.changeEvent(await lumaIdOf(silent ?? ''), { name: 'Changed silently', silent: true });
    expect(await check()).toMatchObject({ outcome: { details: { drifted: 1 } } });
    expect(await world.row(silent ?? '')).toMatchObject({ title: 'Changed silently', link: { state: 'drifted' } });
    expect(await world.row(other ?? '')).toMatchObject({ link: { state: 'synced' } });
    expect(await world.operationsOf('event.push')).toHaveLength(2);
    expect(await check()).toMatchObject({ outcome: { details: { drifted: 0 } } });
  });

  it('finds a changed description once a week, since a list shows none', async () => {
    const [id = ''] = await putEvents(1);
    world.sim.control.changeEvent(await lumaIdOf(id), { description_md: 'Other words', silent: true });
    await check();
    expect((await world.row(id)).descriptionMd).toBe('Hello *world*');
    await world.db.$executeRaw`update event_links set observed_at = now() - interval '7 days'`;
    expect(await check()).toMatchObject({ outcome: { details: { drifted: 1 } } });
    expect((await world.row(id)).descriptionMd).toBe('Other words');
  });

  it('finds an event that is gone, deletes nothing here, and finds it back', async () => {
    const [id = ''] = await putEvents(1);
    const there = await world.atLuma(id);
    const lumaEventId = there?.id ?? '';
    // As when a key's calendar loses an event for a while.
    const fault = world.sim.control.layFault({
      kind: 'error',
      status: 403,
      method: 'GET',
      path: '/v1/events/get',
    });
    world.sim.control.changeEvent(lumaEventId, {
      start_at: new Date(Date.now() - 10 * 86_400_000).toISOString(),
      end_at: new Date(Date.now() - 9 * 86_400_000).toISOString(),
      silent: true,
    });
    expect(await check()).toMatchObject({ outcome: { details: { gone: 1 } } });
    expect(await world.row(id)).toMatchObject({
      title: 'Event 0',
      approval: 'approved',
      link: { state: 'source_deleted' },
    });
    world.sim.control.liftFaults(fault.id);
    world.sim.control.changeEvent(lumaEventId, {
      start_at: there?.startAt,
      end_at: there?.endAt,
      silent: true,
    });
    await world.enqueue('calendar.pull', { calendarId: world.calendarId });
    await world.drain();
    expect(await world.row(id)).toMatchObject({ link: { state: 'synced' } });
  });

  it('leaves an event that is gone alone when the app edits it, and sends the edit once it is back', async () => {
    const [id = ''] = await putEvents(1);
    const there = await world.atLuma(id);
    const lumaEventId = there?.id ?? '';
    const fault = { kind: 'error', status: 403, path: '/v1/events/*' } as const;
    const times = { start_at: there?.startAt, end_at: there?.endAt };
    const past = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
    world.sim.control.changeEvent(lumaEventId, { start_at: past(10), end_at: past(9), silent: true });
    const laid = world.sim.control.layFault(fault);
    await check();
    await world.putEvent('e0', { title: 'Edited' });
    await world.drain();
    expect(await world.row(id)).toMatchObject({ title: 'Edited', link: { state: 'source_deleted' } });
    expect((await world.operationsOf('event.push')).map(({ state }) => state)).toEqual(['done', 'done']);
    world.sim.control.liftFaults(laid.id);
    world.sim.control.changeEvent(lumaEventId, { ...times, silent: true });
    await world.enqueue('calendar.pull', { calendarId: world.calendarId });
    await world.drain();
    expect(await world.atLuma(id)).toMatchObject({ name: 'Edited' });
    expect(await world.row(id)).toMatchObject({ link: { state: 'synced' } });
  });

  it('believes a removal at Luma', async () => {
    const [id = '', other = ''] = await putEvents(2);
    world.sim.control.removeEvent(await lumaIdOf(id), { silent: true });
    expect(await check()).toMatchObject({ outcome: { details: { gone: 1, drifted: 0 } } });
    expect(await world.row(id)).toMatchObject({ approval: 'approved', link: { state: 'source_deleted' } });
    expect(await world.row(other)).toMatchObject({ link: { state: 'synced' } });
  });

  it('misses no event that began days ago and goes on, though Luma lists by start', async () => {
    const ids = await putEvents(12);
    const startsAt = new Date(Date.now() - 3 * 86_400_000);
    for (const [n, id] of ids.slice(0, 6).entries()) {
      const title = (await world.row(id)).title;
      await world.putEvent(`e${n}`, { title, startsAt, endsAt: new Date(Date.now() + 86_400_000) });
    }
    await world.drain();
    await world.db.$executeRaw`update event_links set guests_pulled_at = now()`;
    expect(await check()).toMatchObject({ outcome: { details: { checked: 12, gone: 0, held: 0, isAsked: false } } });
    expect(await world.db.absence.count()).toBe(0);
  });

  it('takes nothing for deleted that the list shows and a read does not', async () => {
    const [id = ''] = await putEvents(1);
    await world.db.$executeRaw`update event_links set observed_at = now() - interval '7 days'`;
    world.sim.control.layFault({ kind: 'error', status: 403, method: 'GET', path: '/v1/events/get' });
    expect(await check()).toMatchObject({ outcome: { details: { gone: 0, unknown: 1 } } });
    expect(await world.row(id)).toMatchObject({ link: { state: 'synced' } });
  });

  it('says of a foreign event that cannot be read that nobody knows', async () => {
    const [id = ''] = await putEvents(1);
    await world.db.event.update({ where: { id }, data: { ownership: 'referenced' } });
    world.sim.control.removeEvent(await lumaIdOf(id), { silent: true });
    expect(await check()).toMatchObject({ outcome: { details: { unknown: 1, gone: 0 } } });
    expect(await world.row(id)).toMatchObject({ link: { state: 'synced' } });
  });

  it('does not ask about foreign events, which no list of the calendar ever shows', async () => {
    const ids = await putEvents(12);
    await world.db.event.updateMany({ where: { id: { in: ids.slice(0, 6) } }, data: { ownership: 'referenced' } });
    for (const id of ids.slice(0, 6)) world.sim.control.removeEvent(await lumaIdOf(id), { silent: true });
    expect(await check()).toMatchObject({ outcome: { details: { unknown: 6, gone: 0, held: 0, isAsked: false } } });
    expect(await world.db.removalQuestion.count()).toBe(0);
  });

  it('takes half a list for no list', async () => {
    await putEvents(3);
    world.sim.control.layFault({ kind: 'error', status: 503, path: '/v1/calendars/events/list', count: 1 });
    await world.enqueue('drift.check', { calendarId: world.calendarId });
    const [operation] = await world.operationsOf('drift.check');
    expect(await world.run(operation?.id ?? '')).toMatchObject({ kind: 'put-back' });
    expect(await world.db.eventLink.count({ where: { state: 'source_deleted' } })).toBe(0);
  });

  it('takes no old value back when a push ends between its look and its comparison', async () => {
    const [id = ''] = await putEvents(1);
    world.sim.control.changeEvent(await lumaIdOf(id), { name: 'Theirs', silent: true });
    await world.putEvent('e0', { title: 'Newest of ours' });
    const push = (await world.operationsOf('event.push')).find(({ state }) => state === 'queued');
    const account = await world.deps.luma.open(world.calendarId);
    let pushed: unknown = null;
    const api = new Proxy(account.api, {
      get: (target, name, receiver) => {
        if (name !== 'findEvent') return Reflect.get(target, name, receiver);
        return async (...args: Parameters<typeof account.api.findEvent>) => {
          const found = await account.api.findEvent(...args);
          // The answer travels, and a push of ours ends meanwhile.
          pushed ??= await world.run(push?.id ?? '');
          return found;
        };
      },
    });
    const check = await world.enqueue('drift.check', { calendarId: world.calendarId });
    await world.run(check, { ...world.deps, luma: { open: async () => ({ ...account, api }) } });
    expect(pushed).toMatchObject({ kind: 'done' });
    await world.drain();
    expect(await world.row(id)).toMatchObject({ title: 'Newest of ours', link: { state: 'synced' } });
    expect(await world.atLuma(id)).toMatchObject({ name: 'Newest of ours' });
  });

  it('leaves an event alone that another run works on, and checks the others', async () => {
    const [busy = '', other = ''] = await putEvents(2);
    for (const id of [busy, other])
      world.sim.control.changeEvent(await lumaIdOf(id), { name: 'Changed', silent: true });
    await world.db.recordLease.create({
      data: { key: `event:${busy}`, owner: 'somebody', operationId: busy, expiresAt: new Date(Date.now() + 60_000) },
    });
    expect(await check()).toMatchObject({ kind: 'done', outcome: { details: { busy: 1, drifted: 1 } } });
  });

  it('T7 T14 of many events and guests that are in step costs a page of requests for each page, and writes no guest', async () => {
    const [events, guestsEach] = [EVENTS, GUESTS / EVENTS];
    const ids = await putEvents(events);
    for (const id of ids)
      world.sim.control.registerGuests(await lumaIdOf(id), {
        count: guestsEach,
        emailPrefix: id.slice(0, 8),
        silent: true,
      });
    const sweep = async () => {
      await world.db.$executeRaw`update event_links set guests_pulled_at = guests_pulled_at - interval '2 days'`;
      await world.enqueue('drift.check', { calendarId: world.calendarId });
      return world.drain(world.deps, events + 10);
    };
    await sweep();
    expect(await world.db.rsvp.count()).toBe(GUESTS);
    const versions = () => world.db.$queryRaw`
      select (select count(*)::int || ' ' || md5(string_agg(xmin::text, ',' order by id)) from rsvps) as rsvps,
        (select md5(string_agg(xmin::text, ',' order by id)) from rsvp_links) as links,
        (select md5(string_agg(xmin::text, ',' order by id)) from people) as people`;
    const before = await versions();
    const requests = world.sim.control.counters().requests;
    const [drift, ...pulls] = await sweep();
    expect(drift).toMatchObject({ outcome: { details: { checked: events, drifted: 0, sweeps: events } } });
    expect(pulls).toHaveLength(events);
    expect(await versions()).toEqual(before);
    // A page of Luma's events has 50; one of guests at most 100.
    const pages = Math.ceil(events / 50) + events * Math.ceil(guestsEach / 100);
    // Pages alone, as every event was read in full within the week; a read of each is the most there may be.
    expect(world.sim.control.counters().requests - requests).toBe(pages);
  });

  it('reads an event in full once a week, not each time it is asked after a week', async () => {
    await putEvents(2);
    await world.db
      .$executeRaw`update event_links set observed_at = now() - interval '7 days', guests_pulled_at = now()`;
    const requests = async () => {
      const before = world.sim.control.counters().requests;
      await check();
      return world.sim.control.counters().requests - before;
    };
    expect([await requests(), await requests()]).toEqual([3, 1]);
  });

  it('T11 T12 is complete however few rows Luma puts on a page', async () => {
    await putEvents(5);
    await world.db.$executeRaw`update event_links set guests_pulled_at = now()`;
    world.sim.control.changeSettings({ paging: { defaultSize: 2, maxSize: 2 } });
    expect(await check()).toMatchObject({ outcome: { details: { checked: 5, gone: 0, drifted: 0 } } });
  });

  it('T10 an event that is re-dated while the list is read is met twice or not at all, and is neither gone nor doubled', async () => {
    const ids = await putEvents(4);
    await world.db.$executeRaw`update event_links set guests_pulled_at = now()`;
    world.sim.control.changeSettings({ paging: { defaultSize: 2, maxSize: 2 } });
    const account = await world.deps.luma.open(world.calendarId);
    const moved = await lumaIdOf(ids[3] ?? '');
    let isMoved = false;
    const api = new Proxy(account.api, {
      get: (target, name, receiver) => {
        const method: unknown = Reflect.get(target, name, receiver);
        if (name !== 'listAllEvents' || typeof method !== 'function') return method;
        return async function* (...args: unknown[]) {
          const listing = method.apply(target, args) as AsyncGenerator;
          for (;;) {
            const step = await listing.next();
            if (step.done === true) return step.value;
            yield step.value;
            // Behind the page that was just read: this walk does not meet it any more.
            if (!isMoved)
              world.sim.control.changeEvent(moved, {
                start_at: new Date(Date.now() - 3_600_000).toISOString(),
                silent: true,
              });
            isMoved = true;
          }
        };
      },
    });
    const id = await world.enqueue('drift.check', { calendarId: world.calendarId });
    const end = await world.run(id, { ...world.deps, luma: { open: async () => ({ ...account, api }) } });
    expect(end).toMatchObject({ outcome: { details: { checked: 4, gone: 0, drifted: 1 } } });
    expect(await world.db.event.count()).toBe(4);
  });

  it('takes none for deleted, and asks, when more than a tenth of the events are missing; yes looks for each', async () => {
    const ids = await putEvents(12);
    for (const id of ids.slice(0, 5)) world.sim.control.removeEvent(await lumaIdOf(id), { silent: true });
    const reads = () => world.sim.control.log({ path: '/v1/events/get' }).length;
    const before = reads();
    const check = async () => {
      const id = await world.enqueue('drift.check', { calendarId: world.calendarId });
      return world.run(id);
    };
    for (const _ of [1, 2])
      expect(await check()).toMatchObject({ outcome: { details: { gone: 0, held: 5, isAsked: true } } });
    expect(reads()).toBe(before);
    expect(await world.db.eventLink.count({ where: { state: 'source_deleted' } })).toBe(0);
    const [question, ...more] = await world.db.removalQuestion.findMany();
    expect(more).toEqual([]);
    expect(question).toMatchObject({ recordType: 'event', scopeId: world.calendarId, missing: 5, total: 12 });
    await inTransaction(world.db, (tx) =>
      answerRemovalQuestion(tx, question?.id ?? '', { answer: 'remove', actor: 'ann' }),
    );
    const [answered] = await world.db.operation.findMany({ where: { job: 'drift.check', state: 'queued' } });
    expect(await world.run(answered?.id ?? '')).toMatchObject({
      outcome: { details: { gone: 5, held: 0, isAsked: false } },
    });
    expect(await world.db.eventLink.count({ where: { state: 'source_deleted' } })).toBe(5);
    await check();
    expect(await world.db.removalQuestion.count({ where: { settledAt: null } })).toBe(0);
  });
});
