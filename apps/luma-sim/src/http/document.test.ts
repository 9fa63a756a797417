import { describe, expect, it } from '@jest/globals';
import { createEvent, NEW_EVENT, openSim } from '../../test/sim-for-tests.js';

describe('Luma’s document', () => {
  it('allows what a client sends, so nothing is outside of it', async () => {
    const sim = await openSim();
    const event_id = await createEvent(sim, { registration_open: true, max_capacity: null });
    await sim.get('/v1/calendars/events/list', { access: ['manage', 'view'], pagination_limit: '10' });
    await sim.get('/v1/calendars/events/lookup', { event_id, platform: 'luma' });
    const guests = [{ email: 'a@example.org', registration_answers: [{ question_id: 'q1', value: 'x' }] }];
    expect((await sim.post('/v1/events/guests/add', { event_id, guests, send_email: false })).status).toBe(200);
    expect(sim.control.outside()).toEqual({ count: 0, entries: [] });
  });

  it('refuses a request in Luma’s words, and it is counted with its problems and without its values', async () => {
    const sim = await openSim();
    const { status, body } = await sim.post('/v1/events/create', { ...NEW_EVENT, start_at: 'tomorrow', end_at: 7 });
    expect({ status, body }).toEqual({
      status: 400,
      body: {
        message:
          'Invalid request.\n- end_at: Invalid input: expected string, received number\n- start_at: Invalid ISO ' +
          'datetime',
        code: null,
      },
    });
    expect(sim.control.counters()).toMatchObject({ outsideDocument: 1, events: 0 });
    expect(sim.control.outside().entries).toEqual([
      {
        method: 'POST',
        path: '/v1/events/create',
        problems: ['- end_at: Invalid input: expected string, received number', '- start_at: Invalid ISO datetime'],
      },
    ]);
  });

  it.each([
    [
      'a field that it does not name',
      { ...NEW_EVENT, capacity: 10 },
      '- body.capacity: the document does not have this field',
    ],
    ['a cover elsewhere', { ...NEW_EVENT, cover_url: 'https://example.org/1' }, '- cover_url: Invalid string'],
  ])('counts %s', async (_, body, problem) => {
    const sim = await openSim({ settings: { requests: { unknownFields: 'ignore' } } });
    await sim.post('/v1/events/create', body);
    expect(sim.control.outside()).toMatchObject({
      count: 1,
      entries: [{ problems: [expect.stringContaining(problem)] }],
    });
  });

  it.each(['coordinate', 'geo_address_json', 'meeting_url'])(
    'has no request that empties %s: the other fields of that request are not taken either',
    async (field) => {
      const sim = await openSim();
      const event_id = await createEvent(sim, { meeting_url: 'https://example.org/call' });
      const { status, body } = await sim.post('/v1/events/update', { event_id, name: 'Renamed', [field]: null });
      expect({ status, message: body.message }).toEqual({
        status: 400,
        message: expect.stringContaining(`Invalid request.\n- ${field}: Invalid input: expected`),
      });
      const [event] = sim.control.state().events;
      expect(event).toMatchObject({ name: NEW_EVENT.name, meetingUrl: 'https://example.org/call' });
      expect(sim.control.outside().count).toBe(1);
    },
  );

  it('does not have older routes any more: they answer and are counted', async () => {
    const sim = await openSim();
    expect((await sim.get('/v1/user/get-self')).status).toBe(200);
    expect((await sim.get('/v1/events/get', { event_id: await createEvent(sim), page: '2' })).status).toBe(200);
    expect(sim.control.outside().entries.map(({ problems }) => problems)).toEqual([
      ['- the document does not have this route'],
      ['- query.page: the document does not have this field'],
    ]);
    sim.control.reset();
    expect(sim.control.outside().count).toBe(0);
  });

  it('of a later day has routes that the contract judges', async () => {
    const sim = await openSim();
    expect((await sim.post('/v1/calendars/events/add', { platform: 'luma' })).status).toBe(400);
    expect(sim.control.outside()).toMatchObject({ count: 1, entries: [{ path: '/v1/calendars/events/add' }] });
  });
});
