import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createEvent, type Json, openSim, type TestSim } from '../../test/sim-for-tests.js';

async function walk(
  sim: TestSim,
  path: string,
  query: Record<string, string>,
): Promise<{ ids: string[]; pages: Json[] }> {
  const pages: Json[] = [];
  let cursor: string | undefined;
  do {
    const { body } = await sim.get(path, { ...query, ...(cursor === undefined ? {} : { pagination_cursor: cursor }) });
    pages.push(body);
    cursor = body.next_cursor;
  } while (pages.at(-1).has_more && pages.length < 100);
  return { ids: pages.flatMap((page) => page.entries.map((entry: Json) => entry.id)), pages };
}

describe('paging', () => {
  it('every guest comes exactly once, whatever the page size and the order', async () => {
    const sim = await openSim({ settings: { budget: { rules: [{ limit: 100_000, windowMs: 1_000 }] } } });
    const id = await createEvent(sim);
    sim.control.registerGuests(id, { count: 23 });
    sim.control.registerGuests(id, { count: 9, emailPrefix: 'invited', status: 'invited' });
    const expected = sim.control
      .state()
      .events[0]?.guests.map((guest) => guest.id)
      .sort();
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom('name', 'email', 'created_at', 'registered_at', 'checked_in_at'),
        fc.constantFrom('asc', 'desc', 'asc nulls last', 'desc nulls last'),
        async (size, sort_column, sort_direction) => {
          const query = { event_id: id, pagination_limit: String(size), sort_column, sort_direction };
          const { ids } = await walk(sim, '/v1/events/guests/list', query);
          expect(ids).toHaveLength(32);
          expect([...ids].sort()).toEqual(expected);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('the last page has a cursor too, pages hold 50 by default, and the cursor is a keyset', async () => {
    const sim = await openSim();
    const id = await createEvent(sim);
    sim.control.registerGuests(id, { count: 60 });
    const { pages } = await walk(sim, '/v1/events/guests/list', { event_id: id });
    expect(pages.map((page) => [page.entries.length, page.has_more, typeof page.next_cursor])).toEqual([
      [50, true, 'string'],
      [10, false, 'string'],
    ]);
    const cursor = JSON.parse(Buffer.from(pages[0].next_cursor, 'base64url').toString());
    expect(cursor).toEqual({
      sv: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\+00$/),
      fb: expect.stringMatching(/^gst-/),
    });
  });

  it('names of parameters that do not exist are ignored: page one for ever', async () => {
    const sim = await openSim();
    const id = await createEvent(sim);
    sim.control.registerGuests(id, { count: 60 });
    const first = await sim.get('/v1/events/guests/list', { event_id: id });
    const wrong = await sim.get('/v1/events/guests/list', {
      event_id: id,
      cursor: first.body.next_cursor,
      page: '2',
      offset: '50',
    });
    expect(wrong.body).toEqual(first.body);
  });

  it('a page size over the maximum is cut down, or refused where told so', async () => {
    const sim = await openSim();
    const id = await createEvent(sim);
    sim.control.registerGuests(id, { count: 120 });
    const query = { event_id: id, pagination_limit: '500' };
    expect((await sim.get('/v1/events/guests/list', query)).body.entries).toHaveLength(100);
    sim.control.changeSettings({ paging: { overMax: 'refuse' } });
    expect((await sim.get('/v1/events/guests/list', query)).status).toBe(400);
    expect((await sim.get('/v1/events/guests/list', { event_id: id, pagination_cursor: '!!' })).status).toBe(400);
  });

  it('an event moved during a walk can be missed: only a direct look tells', async () => {
    const sim = await openSim();
    const ids = [];
    for (const day of ['10', '11', '12', '13'])
      ids.push(await createEvent(sim, { start_at: `2026-03-${day}T10:00:00.000Z` }));
    const first = await sim.get('/v1/calendars/events/list', { pagination_limit: '2' });
    sim.control.changeEvent(ids[3] ?? '', { start_at: '2026-03-01T10:00:00.000Z' });
    const rest = await sim.get('/v1/calendars/events/list', {
      pagination_limit: '2',
      pagination_cursor: first.body.next_cursor,
    });
    const seen = [...first.body.entries, ...rest.body.entries].map((entry: Json) => entry.id);
    expect(seen).toEqual(ids.slice(0, 3));
    expect((await sim.get('/v1/events/get', { event_id: ids[3] ?? '' })).status).toBe(200);
  });

  it('events come by start, past ones included, within inclusive bounds unless told otherwise', async () => {
    const sim = await openSim();
    const late = await createEvent(sim, { start_at: '2027-01-01T10:00:00.000Z' });
    const early = await createEvent(sim, { start_at: '2020-01-01T10:00:00.000Z' });
    const ids = async (query: Record<string, string>) =>
      (await sim.get('/v1/calendars/events/list', query)).body.entries.map((entry: Json) => entry.id);
    expect(await ids({})).toEqual([early, late]);
    expect(await ids({ sort_direction: 'desc' })).toEqual([late, early]);
    expect(await ids({ after: '2027-01-01T10:00:00.000Z' })).toEqual([late]);
    expect(await ids({ before: '2020-01-01T10:00:00.000Z' })).toEqual([early]);
    sim.control.changeSettings({ events: { isRangeInclusive: false } });
    expect(await ids({ after: '2027-01-01T10:00:00.000Z' })).toEqual([]);
  });
});
