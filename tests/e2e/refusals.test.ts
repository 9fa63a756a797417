import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { waitFor } from '@luma-sync/testkit';
import { openWorld, toEvent, type World } from './world.js';

let world: World;

beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.luma.close());

interface Operation {
  id: string;
  state: string;
  waiting: { reason: string } | null;
  error: { code: string; message: string } | null;
}
const operation = async (id: string) =>
  (await world.call<{ operation: Operation }>('GET', `/v1/operations/${id}`)).body.operation;
const put = async (id: string, event: object) =>
  (await world.call<{ operation: { id: string } }>('PUT', `/v1/events/${id}`, event)).body.operation.id;

describe('what Luma refuses', () => {
  it('a refused key stops its own calendar only, says so, and goes on with a new key', async () => {
    world.luma.control.addCalendar({ id: 'cal-second', name: 'Second', apiKeys: ['secret-second'] });
    const added = await world.call<{ calendar: { id: string } }>('POST', '/v1/calendars', {
      name: 'Second',
      kind: 'luma',
      apiKey: 'secret-second',
    });
    const { id: calendarId } = added.body.calendar;
    world.luma.control.changeCalendar('cal-second', { apiKeys: ['secret-changed'] });

    const refused = await put('refused', { ...toEvent('Refused'), calendarId });
    const allowed = await put('allowed', toEvent('Allowed'));
    await waitFor(async () => (await operation(allowed)).state === 'done', {
      what: 'the other calendar to go on',
      limitMs: 120_000,
    });
    await waitFor(async () => (await operation(refused)).waiting?.reason.includes('auth_failed'), {
      what: 'the wait to be told',
      limitMs: 120_000,
    });
    expect((await operation(refused)).state).toBe('queued');
    const calendar = async () =>
      (await world.call<{ calendar: { status: string } }>('GET', `/v1/calendars/${calendarId}`)).body.calendar;
    expect((await calendar()).status).toBe('auth_failed');

    await world.call('PATCH', `/v1/calendars/${calendarId}`, { apiKey: 'secret-changed' });
    await waitFor(async () => (await operation(refused)).state === 'done', {
      what: 'the calendar to go on',
      limitMs: 120_000,
    });
    expect((await calendar()).status).toBe('ok');
  });

  it('an event Luma rejects fails with Luma’s own words, and an edit sends it again', async () => {
    world.luma.control.layFault({ kind: 'error', status: 400, path: '/v1/events/create', count: 1 });
    const rejected = await put('rejected', toEvent('Rejected'));
    await waitFor(async () => (await operation(rejected)).state === 'failed', {
      what: 'the push to be given up',
      limitMs: 120_000,
    });
    expect((await operation(rejected)).error).toMatchObject({ code: 'luma.rejected', message: expect.any(String) });
    expect((await world.event('rejected')).sync).toMatchObject({
      state: 'push_failed',
      lastError: { code: 'luma.rejected' },
    });

    const edited = await put('rejected', toEvent('Rejected, then mended'));
    await waitFor(async () => (await operation(edited)).state === 'done', {
      what: 'the edit to go through',
      limitMs: 120_000,
    });
    expect((await world.event('rejected')).sync.state).toBe('synced');
    expect(world.luma.control.state().events.map((event) => event.name)).toContain('Rejected, then mended');
  });

  it('a replay by hand sends a rejected event as it is', async () => {
    world.luma.control.layFault({ kind: 'error', status: 400, path: '/v1/events/create', count: 1 });
    const rejected = await put('replayed', toEvent('Replayed'));
    await waitFor(async () => (await operation(rejected)).state === 'failed', {
      what: 'the push to be given up',
      limitMs: 120_000,
    });
    const replay = await world.call<{ operation: { id: string } }>('POST', `/v1/operations/${rejected}/retry`);
    expect(replay.status).toBe(202);
    await waitFor(async () => (await operation(replay.body.operation.id)).state === 'done', {
      what: 'the replay to end',
      limitMs: 120_000,
    });
    expect((await world.event('replayed')).sync.state).toBe('synced');
  });
});
