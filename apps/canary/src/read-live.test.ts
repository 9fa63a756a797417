import { afterEach, describe, expect, it } from '@jest/globals';
import { type LumaSim, startLumaSim } from '@luma-sync/luma-sim';
import { createMemoryLimiter, toBudget } from '@luma-sync/rate-limiter';
import { readLive } from './read-live.js';
import { describeAnswers } from './report.js';

let sim: LumaSim | null = null;
afterEach(async () => {
  await sim?.close();
});

const EVENT = { name: 'Meetup', start_at: '2027-01-01T10:00:00.000Z', timezone: 'UTC' };

async function read(settings: object = {}, apiKey = 'secret-default') {
  sim = await startLumaSim({ settings });
  const { id } = sim.control.createEvent(EVENT);
  sim.control.registerGuests(id, { guests: [{ email: 'ada@example.org' }] });
  const budget = toBudget({ limitPerMinute: 200, headroom: 10 });
  const slots = createMemoryLimiter({ budgets: { read: () => budget } });
  return { sim, eventId: id, answers: await readLive({ baseUrl: sim.url, apiKey, slots }) };
}

describe('a look at Luma', () => {
  it('is six reads within the document, each read whole', async () => {
    const { sim: luma, answers } = await read();
    expect(answers.map(({ route, problem }) => [route, problem])).toEqual([
      ['GET /v1/users/get-self', null],
      ['GET /v1/calendars/get', null],
      ['GET /v1/calendars/events/list', null],
      ['GET /v1/events/get', null],
      ['GET /v1/events/guests/list', null],
      ['GET /v1/events/ticket-types/list', null],
    ]);
    expect(luma.control.counters()).toMatchObject({ requests: 6, outsideDocument: 0 });
  });

  it('tells what differs from the table, and names no value', async () => {
    const { answers } = await read();
    const list = answers.find(({ route }) => route === 'GET /v1/calendars/events/list');
    expect(list?.differences).toContain('entries[].description: Invalid input: expected string, received undefined');
    expect(list?.differences).toContain('entries[].spots_remaining: the table does not have this field');
    expect(JSON.stringify(answers)).not.toContain('Meetup');
    expect(JSON.stringify(answers)).not.toContain('ada@');
  });

  it('tells what cannot be read', async () => {
    const { answers } = await read({ spoiled: { oneIn: 1, ways: ['guest.email-number'] } });
    const guests = answers.find(({ route }) => route === 'GET /v1/events/guests/list');
    expect(guests?.problem).toBe('cannot be read whole: user_email (wrong_type)');
    expect(describeAnswers(answers)).toContain(
      'live   GET /v1/events/guests/list: cannot be read whole: user_email (wrong_type)',
    );
  });

  it('ends with what Luma says of a key that it does not take', async () => {
    const { answers } = await read({}, 'secret-wrong');
    expect(answers).toHaveLength(3);
    expect(answers[0]).toEqual({
      route: 'the user of the key',
      differences: [],
      problem: expect.stringContaining('/v1/users/get-self'),
    });
  });
});
