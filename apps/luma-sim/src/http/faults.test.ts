import { describe, expect, it } from '@jest/globals';
import { createEvent, NEW_EVENT, openSim, until } from '../../test/sim-for-tests.js';
import { ManualClock } from '../clock.js';

const isCut = (call: Promise<unknown>) =>
  call.then(
    () => false,
    () => true,
  );

describe('faults', () => {
  it('an answer lost after the write: the client sees a broken connection, the event exists', async () => {
    const sim = await openSim();
    sim.control.layFault({ kind: 'lost-answer', path: '/v1/events/create', count: 1 });
    expect(await isCut(sim.post('/v1/events/create', { ...NEW_EVENT, slug: 'lost-one' }))).toBe(true);
    expect(sim.control.state().events).toMatchObject([{ slug: 'lost-one' }]);
    expect(sim.control.log()).toMatchObject([{ status: null, fault: 'lost-answer' }]);
    expect((await sim.post('/v1/events/create', NEW_EVENT)).status).toBe(200);
  });

  it('an answer can be held past any time limit of the client, and is cut in the end', async () => {
    const clock = new ManualClock();
    const sim = await openSim({ clock });
    sim.control.layFault({ kind: 'lost-answer', mode: 'hold', holdMs: 30_000, count: 1 });
    const call = isCut(sim.post('/v1/events/create', NEW_EVENT));
    await until('the event is created', () => sim.control.counters().eventsCreated === 1);
    await until('the hold is timed', () => clock.pending === 1);
    clock.advance(30_000);
    expect(await call).toBe(true);
  });

  it.each([
    ['before', 0],
    ['after', 1],
  ] as const)('a 503 %s the write leaves %s events', async (when, events) => {
    const sim = await openSim();
    sim.control.layFault({ kind: 'error', status: 503, when, count: 1 });
    expect(await sim.post('/v1/events/create', NEW_EVENT)).toMatchObject({ status: 503, body: { code: null } });
    expect(sim.control.counters().eventsCreated).toBe(events);
  });

  it('a reset leaves nothing done', async () => {
    const sim = await openSim();
    sim.control.layFault({ kind: 'reset', count: 1 });
    expect(await isCut(sim.post('/v1/events/create', NEW_EVENT))).toBe(true);
    expect(sim.control.counters().eventsCreated).toBe(0);
  });

  it('half an answer is no answer', async () => {
    const sim = await openSim();
    sim.control.layFault({ kind: 'half-answer', count: 1 });
    expect(await isCut(sim.get('/v1/users/get-self'))).toBe(true);
  });

  it('a page of HTML can come where JSON is expected', async () => {
    const sim = await openSim();
    sim.control.layFault({ kind: 'error', status: 502, body: 'html', count: 1 });
    const answer = await sim.get('/v1/users/get-self');
    expect(answer.headers.get('content-type')).toContain('text/html');
    expect(answer.body).toContain('<html>');
  });

  it('a delay holds the request back before it is worked on', async () => {
    const clock = new ManualClock();
    const sim = await openSim({ clock });
    sim.control.layFault({ kind: 'delay', minMs: 500, maxMs: 500 });
    const call = sim.post('/v1/events/create', NEW_EVENT);
    await until('the request waits', () => clock.pending === 1);
    expect(sim.control.counters().eventsCreated).toBe(0);
    clock.advance(500);
    expect((await call).status).toBe(200);
  });

  it('a burst of 429 is independent of the budget and ends by itself', async () => {
    const sim = await openSim();
    sim.control.layFault({ kind: 'rate-limit', retryAfterSeconds: 7, count: 2 });
    const answers = [];
    for (let call = 0; call < 3; call += 1) answers.push(await sim.get('/v1/users/get-self'));
    expect(answers.map((answer) => answer.status)).toEqual([429, 429, 200]);
    expect(answers[0]?.headers.get('retry-after')).toBe('7');
    expect(sim.control.counters().breaches).toBe(0);
  });

  it('a fault strikes only what it is aimed at, after as many as it lets pass', async () => {
    const sim = await openSim();
    sim.control.layFault({ kind: 'error', method: 'POST', path: '/v1/events/*', skip: 1, count: 1 });
    const id = await createEvent(sim);
    expect((await sim.get('/v1/events/get', { event_id: id })).status).toBe(200);
    expect((await sim.post('/v1/calendars/coupons/create', {})).status).toBe(400);
    expect((await sim.post('/v1/events/update', { event_id: id })).status).toBe(500);
    expect((await sim.post('/v1/events/update', { event_id: id })).status).toBe(200);
  });

  it('the same seed strikes the same requests, and lifting ends it', async () => {
    const run = async () => {
      const sim = await openSim({ seed: 7 });
      sim.control.layFault({ kind: 'error', probability: 0.5 });
      const statuses = [];
      for (let call = 0; call < 12; call += 1) statuses.push((await sim.get('/v1/users/get-self')).status);
      sim.control.liftFaults();
      return { statuses, after: (await sim.get('/v1/users/get-self')).status };
    };
    const first = await run();
    expect(await run()).toEqual(first);
    expect(new Set(first.statuses)).toEqual(new Set([200, 500]));
    expect(first.after).toBe(200);
  });
});
