import { describe, expect, it } from '@jest/globals';
import {
  createEvent,
  NEW_EVENT,
  openReceiver,
  openSim,
  registerWebhook,
  until,
  withCalls,
} from '../../test/sim-for-tests.js';
import { ManualClock } from '../clock.js';

describe('events', () => {
  it('create answers the id and nothing else, on both paths', async () => {
    const sim = await openSim();
    expect(Object.keys((await sim.post('/v1/events/create', NEW_EVENT)).body)).toEqual(['id']);
    expect(Object.keys((await sim.post('/v1/event/create', NEW_EVENT)).body)).toEqual(['api_id']);
  });

  it('a slug is unique over all calendars and strangers, and found by looking it up', async () => {
    const sim = await openSim({
      calendars: [
        { id: 'cal-1', apiKeys: ['secret-default'] },
        { id: 'cal-2', apiKeys: ['secret-2'] },
      ],
    });
    const other = withCalls(sim, 'secret-2');
    expect((await sim.get('/v1/entities/lookup', { slug: 'our-slug' })).body).toEqual({ entity: null });
    const id = await createEvent(sim, { slug: 'our-slug' });
    expect((await other.post('/v1/events/create', { ...NEW_EVENT, slug: 'our-slug' })).status).toBe(400);
    expect((await other.get('/v1/entities/lookup', { slug: 'our-slug' })).body.entity).toMatchObject({
      type: 'event',
      event: { id, slug: 'our-slug' },
    });
    sim.control.reserveSlugs({ slugs: ['taken-slug'] });
    expect((await sim.post('/v1/events/create', { ...NEW_EVENT, slug: 'taken-slug' })).status).toBe(400);
    const stranger = (await sim.get('/v1/entities/lookup', { slug: 'taken-slug' })).body.entity.event.id;
    expect((await sim.get('/v1/events/get', { event_id: stranger })).status).toBe(403);
    expect(sim.control.counters().eventsCreated).toBe(1);
  });

  it('an event keeps its own slug through an update that names it', async () => {
    const sim = await openSim();
    const id = await createEvent(sim, { slug: 'our-slug' });
    expect((await sim.post('/v1/events/update', { event_id: id, slug: 'our-slug', name: 'New' })).status).toBe(200);
  });

  it('a cover must be on the image host', async () => {
    const sim = await openSim();
    const create = (cover_url: string) => sim.post('/v1/events/create', { ...NEW_EVENT, cover_url });
    const refused = await create('https://example.org/a.png');
    expect(refused.status).toBe(400);
    expect(refused.body.message).toContain('- cover_url: ');
    expect((await create('https://images.lumacdn.com/event-covers/a.png')).status).toBe(200);
  });

  it('an uploaded cover is taken, and served by the simulator when told so', async () => {
    const sim = await openSim({ settings: { events: { uploads: 'here' } } });
    const { upload_url, file_url } = (await sim.post('/v1/images/create-upload-url', { content_type: 'image/png' }))
      .body;
    const bytes = Buffer.from([137, 80, 78, 71]);
    expect(
      (await fetch(upload_url, { method: 'PUT', body: bytes, headers: { 'content-type': 'image/png' } })).status,
    ).toBe(200);
    const served = await fetch(file_url);
    expect(Buffer.from(await served.arrayBuffer())).toEqual(bytes);
    expect((await sim.post('/v1/events/create', { ...NEW_EVENT, cover_url: file_url })).status).toBe(200);
    expect((await fetch(`${sim.url}/_images/never-announced`, { method: 'PUT', body: bytes })).status).toBe(403);
    expect((await sim.post('/v1/images/create-upload-url', { content_type: 'image/svg+xml' })).status).toBe(400);
    expect(sim.control.counters().uploads).toBe(1);
  });

  it('a description comes back changed', async () => {
    const sim = await openSim();
    const id = await createEvent(sim, { description_md: 'a\n\n---\n\n\n\n<https://example.org>  ' });
    const read = (await sim.get('/v1/events/get', { event_id: id })).body;
    expect(read.description_md).toBe('a\n\n***\n\n\u200b\n\n[https://example.org](https://example.org/)');
    await sim.post('/v1/events/update', { event_id: id, description_md: read.description_md });
    expect((await sim.get('/v1/events/get', { event_id: id })).body.description_md).toBe(read.description_md);
  });

  it('no request empties a place or a link; a host can', async () => {
    const sim = await openSim();
    const id = await createEvent(sim, { meeting_url: 'Zoom: https://zoom.us/j/1 (code 42)' });
    for (const name of ['coordinate', 'geo_address_json', 'meeting_url']) {
      const { status, body } = await sim.post('/v1/events/update', { event_id: id, [name]: null });
      expect([status, body.message]).toEqual([400, expect.stringContaining(`- ${name}: Invalid input`)]);
    }
    sim.control.changeEvent(id, { meeting_url: null });
    expect((await sim.get('/v1/events/get', { event_id: id })).body.meeting_url).toBeNull();
  });

  it('by the settings reads are late, and fields are ignored, cut, rewritten or refused', async () => {
    const sim = await openSim();
    const id = await createEvent(sim);
    const read = async () => (await sim.get('/v1/events/get', { event_id: id })).body;
    const update = (body: object) => sim.post('/v1/events/update', { event_id: id, ...body });
    const set = (events: object) => sim.control.changeSettings({ events });

    set({ staleReads: 1 });
    await update({ name: 'Late' });
    expect([(await read()).name, (await read()).name]).toEqual(['Example', 'Late']);
    const { body: created } = await sim.post('/v1/events/create', NEW_EVENT);
    expect((await sim.get('/v1/events/get', { event_id: created.id })).status).toBe(403);
    expect((await sim.get('/v1/events/get', { event_id: created.id })).status).toBe(200);

    set({ staleReads: 0, ignoredFields: ['name'] });
    expect((await update({ name: 'Ignored', description_md: 'Taken' })).status).toBe(200);
    expect(await read()).toMatchObject({ name: 'Late', description_md: 'Taken' });

    set({ ignoredFields: [], titleMax: 5, areLinksRewritten: true });
    await update({ name: 'A longer title', meeting_url: 'https://zoom.us/j/1' });
    expect(await read()).toMatchObject({ name: 'A lon', meeting_url: expect.stringMatching(/luma.com.join.*zoom/) });

    set({ refusedFields: { meeting_url: 'Invalid URL' } });
    const { status, body } = await update({ name: 'X', meeting_url: 'x' });
    expect([status, body.message]).toEqual([400, 'Invalid request.\n- meeting_url: Invalid URL']);
    expect((await read()).name).toBe('A lon');
  });

  it('an update mails guests for name, time and place, unless silenced, and for nothing else', async () => {
    const sim = await openSim();
    const id = await createEvent(sim);
    sim.control.registerGuests(id, { count: 3 });
    const mailed = () => sim.control.counters().mailsLumaWouldHaveSent.byApi['event-updated'] ?? 0;
    const update = (body: object) => sim.post('/v1/events/update', { event_id: id, ...body });
    await update({ description_md: 'x', visibility: 'private', registration_open: false });
    await update({ name: 'Example' });
    expect(mailed()).toBe(0);
    await update({ name: 'Silent', suppress_notifications: true });
    expect(mailed()).toBe(0);
    await update({ name: 'Loud' });
    expect(mailed()).toBe(3);
    await update({ geo_address_json: { type: 'manual', address: 'Elsewhere' } });
    await update({ start_at: '2026-04-01T10:00:00.000Z' });
    expect(mailed()).toBe(9);
  });

  it('a cancellation needs a fresh token, mails everyone and leaves nothing', async () => {
    const clock = new ManualClock();
    const sim = await openSim({ clock });
    const id = await createEvent(sim, { slug: 'gone-soon' });
    sim.control.registerGuests(id, { count: 2 });
    const request = async () => (await sim.post('/v1/events/cancel/request', { event_id: id })).body;
    const asked = await request();
    expect(asked).toMatchObject({ is_paid: false, guest_count: 2 });
    clock.advance(15 * 60_000);
    const cancel = (cancellation_token: string) => sim.post('/v1/events/cancel', { event_id: id, cancellation_token });
    expect((await cancel(asked.cancellation_token)).status).toBe(400);
    expect(sim.control.counters().events).toBe(1);
    expect(await cancel((await request()).cancellation_token)).toMatchObject({ status: 200, body: {} });
    expect((await sim.get('/v1/events/get', { event_id: id })).status).toBe(403);
    expect((await sim.get('/v1/entities/lookup', { slug: 'gone-soon' })).body.entity).toBeNull();
    expect(sim.control.counters().mailsLumaWouldHaveSent.byApi).toEqual({ 'event-canceled': 2 });
  });

  it('paid guests need a word on refunds', async () => {
    const sim = await openSim();
    const ticket_types = [{ name: 'Paid', type: 'paid', cents: 1000, currency: 'usd' }];
    const id = await createEvent(sim, { ticket_types });
    sim.control.registerGuests(id, { count: 1 });
    const { cancellation_token, is_paid } = (await sim.post('/v1/events/cancel/request', { event_id: id })).body;
    expect(is_paid).toBe(true);
    expect((await sim.post('/v1/events/cancel', { event_id: id, cancellation_token })).status).toBe(400);
    expect(
      (await sim.post('/v1/events/cancel', { event_id: id, cancellation_token, should_refund: true })).status,
    ).toBe(200);
  });

  it('an event added to another calendar is listed there for viewing only, and announced without host addresses', async () => {
    const sim = await openSim({
      calendars: [
        { id: 'cal-1', apiKeys: ['secret-default'] },
        { id: 'cal-2', apiKeys: ['secret-2'] },
      ],
    });
    const other = withCalls(sim, 'secret-2');
    const receiver = await openReceiver();
    await registerWebhook(other, receiver.url);
    const id = await createEvent(sim);
    expect((await other.post('/v1/calendars/events/add', { platform: 'luma', event_id: id })).body).toMatchObject({
      status: 'approved',
    });
    await until('the delivery', () => receiver.received.length === 1);
    expect(receiver.received[0]?.body).toMatchObject({
      type: 'calendar.event.added',
      data: { id, hosts: [{ id: expect.any(String) }] },
    });
    expect(receiver.received[0]?.body.data.hosts[0]).not.toHaveProperty('email');
    expect((await other.get('/v1/calendars/events/list')).body.entries).toEqual([]);
    const viewed = (await other.get('/v1/calendars/events/list', { access: ['manage', 'view'] })).body.entries;
    expect(viewed).toMatchObject([{ id, access: 'view' }]);
    expect(viewed[0]).not.toHaveProperty('hosts');
    expect((await other.get('/v1/calendars/events/lookup', { event_id: id })).body.event).toEqual({
      id,
      status: 'approved',
    });
    expect((await other.get('/v1/events/get', { event_id: id })).status).toBe(403);
  });

  it('a new event can be late in lists while it is already readable', async () => {
    const clock = new ManualClock();
    const sim = await openSim({ clock, settings: { events: { listLagMs: 5_000 } } });
    const id = await createEvent(sim);
    const listed = async () => (await sim.get('/v1/calendars/events/list')).body.entries.length;
    expect(await listed()).toBe(0);
    expect((await sim.get('/v1/events/get', { event_id: id })).status).toBe(200);
    clock.advance(5_000);
    expect(await listed()).toBe(1);
  });

  it('a host added is a host read back, once', async () => {
    const sim = await openSim();
    const id = await createEvent(sim);
    for (let call = 0; call < 2; call += 1)
      await sim.post('/v1/events/hosts/add', { event_id: id, email: 'Co@Example.org', name: 'Co Host' });
    expect(
      (await sim.get('/v1/events/get', { event_id: id })).body.hosts.map((host: { email: string }) => host.email),
    ).toEqual(['owner-1@calendar.example', 'co@example.org']);
  });
});
