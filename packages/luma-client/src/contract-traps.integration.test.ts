import { describe, expect, it } from '@jest/globals';
import {
  recordedBadKey,
  recordedInvalidRequest,
  recordedNoAccess,
  recordedNoKey,
} from '@luma-sync/testkit/luma-fixtures';
import { call, createEvent, failure, NEW_EVENT, useSimulator } from '../test/against-simulator.js';
import type { Listing, ListingEnd } from './luma-api.js';

const EMAIL = 'ann@example.org';
const stage = useSimulator();

async function walk<T extends { id: string }>(listing: Listing<T>): Promise<{ pages: T[][]; end: ListingEnd }> {
  const pages: T[][] = [];
  for (;;) {
    const step = await listing.next();
    if (step.done === true) return { pages, end: step.value };
    pages.push(step.value.entries);
  }
}

/** What the simulator says on the wire, without the client in between. */
const raw = async (path: string, headers: Record<string, string>) => {
  const response = await fetch(`${stage.sim.url}${path}`, { headers });
  return { status: response.status, body: await response.json() };
};

describe('refusals', () => {
  it('the simulator refuses in the recorded words, and the client shows none of them but those of a 400', async () => {
    const key = (slot: string) => ({ 'x-luma-api-key': 'secret-default', 'x-request-id': slot });
    expect(await raw('/v1/users/get-self', {})).toEqual(recordedNoKey);
    expect(await raw('/v1/users/get-self', { 'x-luma-api-key': 'secret-wrong' })).toEqual(recordedBadKey);
    expect(await raw('/v1/events/get?event_id=evt-unknown', key('one'))).toEqual(recordedNoAccess);
    expect(await raw('/v1/events/get', key('two'))).toEqual(recordedInvalidRequest);
    const { message } = await failure(stage.luma.getEvent('evt-unknown', call()));
    expect(message).not.toContain(recordedNoAccess.body.message);
  });

  it('T7 an event that was cancelled and one that never was look the same, and neither looks like "not found"', async () => {
    const { luma, sim } = stage;
    const id = await createEvent(luma);
    sim.control.removeEvent(id);
    expect(await luma.findEvent(id, call())).toEqual(await luma.findEvent('evt-never', call()));
    expect(await luma.findEvent(id, call())).toEqual({ kind: 'forbidden' });
  });

  it('T8 a lapsed plan is told from a foreign event, though both are 403', async () => {
    const { luma, sim } = stage;
    sim.control.changeCalendar('cal-default', { isPlanActive: false });
    expect((await failure(luma.findEvent('evt-unknown', call()))).code).toBe('luma.plan_inactive');
    sim.control.changeCalendar('cal-default', { isPlanActive: true });
    expect(await luma.findEvent('evt-unknown', call())).toEqual({ kind: 'forbidden' });
  });

  it('a slug that anybody holds is refused, and nothing is made', async () => {
    const { luma, sim } = stage;
    sim.control.reserveSlugs({ slugs: ['taken'] });
    const error = await failure(luma.createEvent({ ...NEW_EVENT, slug: 'taken' }, call()));
    expect(error).toMatchObject({ code: 'luma.rejected', verdict: 'fail' });
    expect(sim.control.counters().eventsCreated).toBe(0);
    // Whose it is, the look-up says: an id that we may not read.
    const holder = await luma.lookupEntity('taken', call());
    if (holder?.type !== 'event') throw new Error('the holder is not found');
    expect(await luma.findEvent(holder.event.id, call())).toEqual({ kind: 'forbidden' });
  });
});

describe('lists', () => {
  it('T9 three pages are walked to the end: on the last one has_more ends it, although a cursor is there', async () => {
    const { luma, sim } = stage;
    const eventId = await createEvent(luma);
    sim.control.registerGuests(eventId, { count: 5 });
    sim.control.changeSettings({ paging: { defaultSize: 2 } });
    const { pages, end } = await walk(luma.listAllGuests({ event_id: eventId }, call()));
    expect(pages.map((page) => page.length)).toEqual([2, 2, 1]);
    expect(new Set(pages.flat().map((guest) => guest.id)).size).toBe(5);
    expect(end).toEqual({ complete: true, pages: 3 });
    expect(sim.control.log({ path: '/v1/events/guests/list' })).toHaveLength(3);

    const first = await luma.listGuests({ event_id: eventId }, call());
    const second = await luma.listGuests({ event_id: eventId, pagination_cursor: first.next_cursor }, call());
    const last = await luma.listGuests({ event_id: eventId, pagination_cursor: second.next_cursor }, call());
    expect([first.has_more, second.has_more, last.has_more]).toEqual([true, true, false]);
    expect(last.next_cursor).toEqual(expect.any(String));
  });

  it('a list that ends exactly with a full page asks for no empty one', async () => {
    const { luma, sim } = stage;
    const eventId = await createEvent(luma);
    sim.control.registerGuests(eventId, { count: 4 });
    sim.control.changeSettings({ paging: { defaultSize: 2 } });
    const { end } = await walk(luma.listAllGuests({ event_id: eventId }, call()));
    expect(end).toEqual({ complete: true, pages: 2 });
  });

  it('a page that fails leaves what came before, and the place to go on from', async () => {
    const { luma, sim } = stage;
    const eventId = await createEvent(luma);
    sim.control.registerGuests(eventId, { count: 5 });
    sim.control.changeSettings({ paging: { defaultSize: 2 } });
    sim.control.layFault({ kind: 'error', status: 502, path: '/v1/events/guests/list', skip: 1, count: 1 });
    const { pages, end } = await walk(luma.listAllGuests({ event_id: eventId }, call()));
    expect(pages.map((page) => page.length)).toEqual([2]);
    if (end.complete || end.reason !== 'page-failed') throw new Error('it did not fail');
    expect(end).toMatchObject({ pages: 1, error: { code: 'luma.unavailable' }, cursor: expect.any(String) });
    const rest = await walk(luma.listAllGuests({ event_id: eventId }, call(), { cursor: end.cursor }));
    expect(rest.pages.flat()).toHaveLength(3);
    expect(rest.end).toEqual({ complete: true, pages: 2 });
  });

  it('T13 T14 a list of events holds past ones unless told where to begin, and nothing that others manage', async () => {
    const { luma, sim } = stage;
    const past = await createEvent(luma, { start_at: '2020-01-01T18:00:00.000Z' });
    const coming = await createEvent(luma);
    const { id: calendarId } = sim.control.addCalendar({ name: 'Others' });
    const foreign = sim.control.createEvent({ ...NEW_EVENT, calendarId }).id;
    const idsOf = ({ entries }: { entries: { id: string }[] }) => entries.map(({ id }) => id);
    expect(idsOf(await luma.listEvents({}, call()))).toEqual([past, coming]);
    expect(idsOf(await luma.listEvents({ after: '2021-01-01T00:00:00.000Z' }, call()))).toEqual([coming]);
    expect(await luma.findEvent(foreign, call())).toEqual({ kind: 'forbidden' });
  });

  it('T16 a list by status is not lengthened by people who were only invited', async () => {
    const { luma, sim } = stage;
    const eventId = await createEvent(luma);
    sim.control.registerGuests(eventId, { count: 2 });
    const invited = { event_id: eventId, guests: [{ email: 'i1@example.org' }, { email: 'i2@example.org' }] };
    const response = await fetch(`${sim.url}/v1/events/guests/send-invites`, {
      method: 'POST',
      headers: { 'x-luma-api-key': 'secret-default', 'x-request-id': 'invite', 'content-type': 'application/json' },
      body: JSON.stringify(invited),
    });
    expect(response.status).toBe(200);
    const count = async (query: object) =>
      (await walk(luma.listAllGuests({ event_id: eventId, ...query }, call()))).pages.flat().length;
    expect(await count({})).toBe(4);
    expect(await count({ approval_status: 'approved' })).toBe(2);
  });

  it('T52 ticket types are listed with the hidden ones, whatever Luma leaves out by default', async () => {
    const { luma, sim } = stage;
    const eventId = await createEvent(luma);
    await luma.listTicketTypes(eventId, call());
    const [listed] = sim.control.log({ path: '/v1/events/ticket-types/list' });
    expect(listed?.query).toContain('include_hidden=true');
  });

  it('T20 a list says nothing of a description, and the event itself does', async () => {
    const { luma } = stage;
    const id = await createEvent(luma, { description_md: 'Text' });
    expect((await luma.listEvents({}, call())).entries[0]).not.toHaveProperty('description_md');
    expect(await luma.getEvent(id, call())).toMatchObject({ description: 'Text', description_md: 'Text' });
  });
});

describe('writes', () => {
  it('T25 Markdown comes back changed, and what came back is not changed again', async () => {
    const { luma } = stage;
    const sent = 'Hello  \n\n---\n\n\n\n* one\n* [two](https://example.org)\n';
    const id = await createEvent(luma, { description_md: sent });
    const { description_md: first } = await luma.getEvent(id, call());
    expect(first).not.toBe(sent);
    expect(first).toContain('***');
    expect(first).toContain('\u200b');
    await luma.updateEvent(id, { description_md: first ?? '' }, { suppressNotifications: true }, call());
    expect((await luma.getEvent(id, call())).description_md).toBe(first);
  });

  it('T43 an accepted guest is not there yet, and is there later', async () => {
    const { luma, sim } = stage;
    const eventId = await createEvent(luma);
    sim.control.changeSettings({ guests: { addDelayMinMs: 300, addDelayMaxMs: 300 } });
    await luma.addGuests(eventId, { guests: [{ email: EMAIL }] }, { sendEmail: false }, call());
    expect(await luma.findGuest(eventId, EMAIL, call())).toEqual({ kind: 'missing' });
    const signal = AbortSignal.timeout(5_000);
    while ((await luma.findGuest(eventId, EMAIL, call({ signal }))).kind === 'missing') signal.throwIfAborted();
    expect((await luma.getGuest(eventId, EMAIL, call())).approval_status).toBe('approved');
  });

  it('T33 an address with a plus is found again, and is not the one without', async () => {
    const { luma } = stage;
    const eventId = await createEvent(luma);
    const plus = 'ann+luma@example.org';
    await luma.addGuests(eventId, { guests: [{ email: plus }] }, { sendEmail: false }, call());
    expect((await luma.getGuest(eventId, plus, call())).user_email).toBe(plus);
    expect(await luma.findGuest(eventId, 'ann luma@example.org', call())).toEqual({ kind: 'missing' });
    expect(await luma.findGuest(eventId, EMAIL, call())).toEqual({ kind: 'missing' });
    await luma.updateGuestStatus(eventId, { guest_id: plus, status: 'declined' }, { sendEmail: false }, call());
    expect((await luma.getGuest(eventId, plus, call())).approval_status).toBe('declined');
  });

  it.each([
    [true, 1],
    [false, 0],
  ])('sendEmail: %s reaches Luma: %i mails for an add, as many for a status', async (sendEmail, mails) => {
    const { luma, sim } = stage;
    const eventId = await createEvent(luma);
    await luma.addGuests(eventId, { guests: [{ email: EMAIL }] }, { sendEmail }, call());
    expect(sim.control.counters().mailsLumaWouldHaveSent.total).toBe(mails);
    await luma.updateGuestStatus(eventId, { guest_id: EMAIL, status: 'waitlist' }, { sendEmail }, call());
    expect(sim.control.mails().map(({ kind, to }) => ({ kind, to }))).toEqual(
      sendEmail
        ? [
            { kind: 'guest-added', to: EMAIL },
            { kind: 'guest-status', to: EMAIL },
          ]
        : [],
    );
  });

  it.each([
    [false, 2],
    [true, 0],
  ])('suppressNotifications: %s reaches Luma: %i guests hear of a new start', async (suppressNotifications, mails) => {
    const { luma, sim } = stage;
    const eventId = await createEvent(luma);
    const guests = [{ email: EMAIL }, { email: 'bob@example.org' }];
    await luma.addGuests(eventId, { guests }, { sendEmail: false }, call());
    await luma.updateEvent(eventId, { start_at: '2027-03-17T19:30:00Z' }, { suppressNotifications }, call());
    expect(sim.control.mails().filter(({ kind }) => kind === 'event-updated')).toHaveLength(mails);
  });
});
