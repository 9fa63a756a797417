import { beforeEach, describe, expect, it } from '@jest/globals';
import { cancelEvent } from '@luma-sync/application';
import type { FaultInput } from '@luma-sync/luma-sim';
import { retryingTransaction } from '@luma-sync/store';
import { openSyncWorld, type SyncWorld } from '../../test/sync-world.js';
import { FRESH_LOOK_MS } from './plan.js';

let world: SyncWorld;
beforeEach(async () => {
  world = await openSyncWorld();
});

const requests = (path: string) => world.sim.control.log({ path });
const mails = () => world.sim.control.mails();

describe('pushing an event', () => {
  it('creates it, hidden from nobody and mailed to nobody, and agrees on what Luma shows', async () => {
    const eventId = await world.putEvent('e1');
    expect(await world.drain()).toMatchObject([{ kind: 'done' }]);
    expect(await world.atLuma(eventId)).toMatchObject({
      name: 'Meetup',
      visibility: 'public',
      timezone: 'Europe/Berlin',
    });
    const row = await world.row(eventId);
    expect(row.link).toMatchObject({ state: 'synced', pushedRevision: 1, lastError: null });
    expect(row.url).toContain('/meetup-');
    expect(row.link?.base).toMatchObject({ ours: { title: 'Meetup' }, luma: { title: 'Meetup' } });
    expect(mails()).toEqual([]);
  });

  it('asks nothing of Luma when nothing changed', async () => {
    const eventId = await world.putEvent('e1');
    await world.drain();
    const before = world.sim.control.counters().requests;
    await world.enqueue('event.push', { eventId });
    expect(await world.drain()).toMatchObject([{ outcome: { reason: 'already-pushed' } }]);
    expect(world.sim.control.counters().requests).toBe(before);
  });

  it('is well again when a push that was set aside had brought everything to Luma', async () => {
    const eventId = await world.putEvent('e1');
    await world.drain();
    await world.db.eventLink.update({
      where: { eventId },
      data: { state: 'push_failed', lastError: { code: 'operation.crashed', message: 'died' } },
    });
    await world.enqueue('event.push', { eventId });
    await world.drain();
    expect((await world.row(eventId)).link).toMatchObject({ state: 'synced', lastError: null });
  });

  it('sends what changed and nothing else, in two requests for any number of edits', async () => {
    const eventId = await world.putEvent('e1');
    await world.drain();
    const before = world.sim.control.counters().requests;
    for (let edit = 1; edit <= 20; edit += 1) await world.putEvent('e1', { title: `Title ${edit}` });
    await world.drain();
    expect(world.sim.control.counters().requests - before).toBe(2);
    const [update] = requests('/v1/events/update');
    expect(Object.keys(update?.body ?? {}).sort()).toEqual(['event_id', 'name', 'suppress_notifications']);
    expect(await world.atLuma(eventId)).toMatchObject({ name: 'Title 20' });
    expect((await world.row(eventId)).link).toMatchObject({ state: 'synced', pushedRevision: 21 });
  });

  it('leaves the end where it is when the app moves the start alone, which Luma would move too', async () => {
    const eventId = await world.putEvent('e1');
    await world.drain();
    const { endsAt, startsAt } = await world.row(eventId);
    await world.putEvent('e1', { startsAt: new Date(startsAt.getTime() - 60_000) });
    await world.drain();
    expect((await world.atLuma(eventId))?.endAt).toBe(endsAt.toISOString());
    expect((await world.row(eventId)).endsAt).toEqual(endsAt);
  });

  it('does not take Luma’s own spelling of our description for news', async () => {
    const eventId = await world.putEvent('e1', { descriptionMd: '# Title\n\n- one\n- two\n\nhttps://example.org' });
    await world.drain();
    await world.enqueue('event.pull', { eventId });
    await world.drain();
    const { descriptionMd, revision, link } = await world.row(eventId);
    expect([descriptionMd, revision, link?.state]).toEqual([
      '# Title\n\n- one\n- two\n\nhttps://example.org',
      1,
      'synced',
    ]);
    expect(await world.operationsOf('event.push')).toHaveLength(1);
  });

  it('T49 hides a cancelled event and leaves it there', async () => {
    const eventId = await world.putEvent('e1');
    await world.drain();
    await retryingTransaction(world.db, (tx) => cancelEvent(tx, 'e1', { actor: 'app' }));
    await world.drain();
    expect(await world.atLuma(eventId)).toMatchObject({ visibility: 'private' });
    expect(mails()).toEqual([]);
  });

  it('takes over what Luma changed elsewhere, while it sends ours', async () => {
    const eventId = await world.putEvent('e1');
    await world.drain();
    const luma = await world.atLuma(eventId);
    world.sim.control.changeEvent(luma?.id ?? '', { visibility: 'members-only', silent: true });
    await world.putEvent('e1', { title: 'Ours' });
    await world.drain();
    expect(await world.row(eventId)).toMatchObject({ title: 'Ours', visibility: 'members_only' });
    expect(await world.atLuma(eventId)).toMatchObject({ name: 'Ours', visibility: 'members-only' });
  });
});

describe('an edit that rests on a look of a moment ago', () => {
  it('is not sent when the moment has passed: a host may have been there since', async () => {
    const eventId = await world.putEvent('e1');
    await world.drain();
    const luma = (await world.atLuma(eventId))?.id ?? '';
    await world.putEvent('e1', { title: 'Ours' });
    world.sim.control.changeEvent(luma, { name: 'Theirs', silent: true });
    const noteAsked: typeof world.deps.events.noteAsked = async (...args) => {
      await world.deps.events.noteAsked(...args);
      world.passTime(FRESH_LOOK_MS);
    };
    const slow = { ...world.deps, events: { ...world.deps.events, noteAsked } };
    expect(await world.drain(slow, 1)).toEqual([{ kind: 'put-back', code: 'event.look_again' }]);
    await world.drain();
    expect(await world.atLuma(eventId)).toMatchObject({ name: 'Ours' });
    expect(await world.db.conflict.findMany({ where: { recordId: eventId } })).toMatchObject([
      { field: 'title', ours: 'Ours', theirs: 'Theirs', resolution: 'ours' },
    ]);
  });
});

describe('an address that belongs to a stranger', () => {
  it('is left to them: ours gets another one', async () => {
    const eventId = await world.putEvent('e1');
    const { createHash } = await import('node:crypto');
    const taken = `meetup-${createHash('sha256').update(eventId).digest('hex').slice(0, 8)}`;
    world.sim.control.reserveSlugs({ slugs: [taken] });
    expect((await world.drain()).at(-1)).toMatchObject({ kind: 'done' });
    const { link, url } = await world.row(eventId);
    expect(link?.slug).not.toBe(taken);
    expect(url).toContain(link?.slug ?? 'no slug');
    expect(world.sim.control.counters()).toMatchObject({ events: 1 });
  });
});

describe('an event Luma rejects', () => {
  it('says so in Luma’s words, and goes through after an edit', async () => {
    world.sim.control.changeSettings({ events: { refusedFields: { name: 'Too odd' } } });
    const eventId = await world.putEvent('e1', { title: 'Odd' });
    const ends = await world.drain();
    expect(ends).toMatchObject([{ kind: 'failed', code: 'luma.rejected' }]);
    const failed = await world.row(eventId);
    expect(failed.link).toMatchObject({
      state: 'push_failed',
      lastError: { code: 'luma.rejected', message: expect.stringContaining('name: Too odd') },
    });
    world.sim.control.changeSettings({ events: { refusedFields: {} } });
    await world.putEvent('e1', { title: 'Plain' });
    expect((await world.drain()).at(-1)).toMatchObject({ kind: 'done' });
    expect((await world.row(eventId)).link).toMatchObject({ state: 'synced', lastError: null });
    expect(world.sim.control.counters()).toMatchObject({ events: 1 });
  });
});

describe('mails to guests about a change', () => {
  const withGuest = async (mailOnUpdate: boolean) => {
    world = await openSyncWorld({ mailOnUpdate });
    const eventId = await world.putEvent('e1');
    await world.drain();
    const luma = await world.atLuma(eventId);
    world.sim.control.registerGuests(luma?.id ?? '', { guests: [{ email: 'g@example.org' }], silent: true });
    return { eventId, sent: () => mails().filter(({ kind, by }) => kind === 'event-updated' && by === 'api').length };
  };

  it('go out when the calendar allows it, once, and not about what nobody has to know', async () => {
    const { sent } = await withGuest(true);
    await world.putEvent('e1', { title: 'Renamed' });
    await world.drain();
    expect(sent()).toBe(1);
    await world.putEvent('e1', { title: 'Renamed', descriptionMd: 'New words' });
    await world.drain();
    expect(sent()).toBe(1);
  });

  it('do not go out by default, nor about hiding the event', async () => {
    const quiet = await withGuest(false);
    await world.putEvent('e1', { title: 'Renamed' });
    await world.drain();
    expect(quiet.sent()).toBe(0);
    const loud = await withGuest(true);
    await retryingTransaction(world.db, (tx) => cancelEvent(tx, 'e1', { actor: 'app' }));
    await world.drain();
    expect(loud.sent()).toBe(0);
  });

  it.each<[string, FaultInput]>([
    ['the answer was lost', { kind: 'lost-answer', path: '/v1/events/update', count: 1 }],
    ['the look at its effect failed', { kind: 'error', method: 'GET', path: '/v1/events/get', status: 503, count: 1 }],
    ['the key was blocked right after it', { kind: 'rate-limit', method: 'GET', path: '/v1/events/get', count: 1 }],
  ])('go out once though %s', async (_, fault) => {
    const { sent } = await withGuest(true);
    world.sim.control.layFault(fault);
    await world.putEvent('e1', { title: 'Renamed' });
    const ends = await world.drain();
    expect(ends.length).toBeGreaterThan(1);
    expect(sent()).toBe(1);
  });

  it('go out though the first try was refused before anything happened', async () => {
    const { sent } = await withGuest(true);
    world.sim.control.layFault({ kind: 'rate-limit', path: '/v1/events/update', count: 1 });
    await world.putEvent('e1', { title: 'Renamed' });
    await world.drain();
    expect(sent()).toBe(1);
  });
});
