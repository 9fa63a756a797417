import { describe, expect, it } from '@jest/globals';
import { createEvent, type Json, NEW_EVENT, openSim, type TestSim } from '../../test/sim-for-tests.js';

const control = async (sim: TestSim, method: string, path: string, body?: object) => {
  const response = await fetch(`${sim.url}/_sim${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Json };
};

describe('control over HTTP', () => {
  it('a host makes, changes and removes an event; guests come, change and vanish', async () => {
    const sim = await openSim();
    const made = await control(sim, 'POST', '/events', { ...NEW_EVENT, name: 'At Luma' });
    const { id } = made.body;
    expect((await sim.get('/v1/events/get', { event_id: id })).body.name).toBe('At Luma');
    expect((await control(sim, 'PATCH', `/events/${id}`, { name: 'Moved', silent: true })).body.name).toBe('Moved');
    const registered = await control(sim, 'POST', `/events/${id}/guests`, { count: 2, status: 'pending_approval' });
    const [first, second] = registered.body.guests;
    expect(
      (await control(sim, 'PATCH', `/events/${id}/guests/${first.id}`, { status: 'approved', isCheckedIn: true })).body,
    ).toMatchObject({
      status: 'approved',
      checkedInAt: expect.any(String),
    });
    await control(sim, 'DELETE', `/events/${id}/guests/${second.id}`);
    const { body } = await control(sim, 'GET', '/state');
    expect(body.events).toMatchObject([{ id, name: 'Moved', guests: [{ id: first.id }] }]);
    await control(sim, 'DELETE', `/events/${id}?silent=true`);
    expect((await sim.get('/v1/events/get', { event_id: id })).status).toBe(403);
    // Nothing a person does at Luma is blamed on calls.
    expect(sim.control.counters().mailsLumaWouldHaveSent.byApi).toEqual({});
  });

  it('duplicates are found: same guest twice on an event, same event twice on a calendar', async () => {
    const sim = await openSim();
    await createEvent(sim);
    await createEvent(sim);
    expect(sim.control.counters().duplicates.events).toEqual([
      { calendarId: 'cal-default', name: 'Example', startAt: '2026-03-16T19:30:00.000Z', count: 2 },
    ]);
  });

  it('faults, settings and calendars are set over HTTP; mistakes are named and change nothing', async () => {
    const sim = await openSim();
    expect((await control(sim, 'POST', '/faults', { kind: 'reset', count: 1 })).body).toEqual({ id: 'fault-1' });
    expect((await control(sim, 'GET', '/faults')).body.entries).toHaveLength(1);
    expect((await control(sim, 'DELETE', '/faults')).body).toEqual({ lifted: 1 });
    expect(await control(sim, 'POST', '/faults', { kind: 'explode' })).toMatchObject({ status: 400 });
    const wrong = await control(sim, 'POST', '/settings', { webhooks: { lossProbability: 2, color: 'red' } });
    expect(wrong.status).toBe(400);
    expect(wrong.body.problems.map((problem: { path: string }) => problem.path)).toContain('webhooks.lossProbability');
    expect((await control(sim, 'GET', '/settings')).body.webhooks.lossProbability).toBe(0);
    const { body } = await control(sim, 'POST', '/calendars', { name: 'Second' });
    const asked = await fetch(`${sim.url}/v1/calendars/get`, { headers: { 'x-luma-api-key': body.apiKeys[0] } });
    expect(await asked.json()).toMatchObject({ id: body.id, name: 'Second' });
    expect((await control(sim, 'PATCH', '/events/evt-none', {})).status).toBe(404);
  });

  it('a reset forgets everything, and settings made afterwards count', async () => {
    const sim = await openSim({ settings: { budget: { rules: [{ limit: 7, windowMs: 1_000 }] } } });
    await createEvent(sim);
    sim.control.layFault({ kind: 'reset' });
    await control(sim, 'POST', '/reset');
    expect(sim.control.counters()).toMatchObject({ events: 0, requests: 0, eventsCreated: 0, maxInAnyWindow: 0 });
    expect(sim.control.settings().budget.rules[0]?.limit).toBe(7);
    sim.control.changeSettings({ guests: { addDelayMinMs: 0, addDelayMaxMs: 0 }, budget: { hasHeaders: true } });
    const answer = await sim.get('/v1/users/get-self');
    expect(answer.headers.get('x-ratelimit-limit')).toBe('7');
  });

  it('the page shows events, guests, requests and budget, with every text escaped', async () => {
    const sim = await openSim();
    const id = await createEvent(sim, { name: '<script>alert(1)</script>' });
    sim.control.registerGuests(id, { guests: [{ email: 'a@example.org', name: '"><img src=x>' }] });
    const text = await (await fetch(`${sim.url}/`)).text();
    expect(text).toContain('&#60;script&#62;alert(1)');
    expect(text).toContain('a@example.org');
    expect(text).toContain('/v1/events/create');
    expect(text).not.toContain('<script>');
    expect(text).not.toContain('<img');
  });
});
