import { beforeAll, describe, expect, it } from '@jest/globals';
import { eventBody, openIngress, type TestIngress } from '../../test/open-ingress.js';

let ingress: TestIngress;
beforeAll(async () => {
  ingress = await openIngress();
  await ingress.call('PUT', '/v1/events/party', eventBody);
});
const put = (person: string, body: object, event = 'party') =>
  ingress.call('PUT', `/v1/events/${event}/rsvps/${person}`, body);
const ana = { name: 'Ana', email: ' Ana@Example.org ', phone: '+91 98450 12345', status: 'going' };

describe('RSVPs', () => {
  it('stores an answer and reads it back', async () => {
    const stored = await put('ana', ana);
    expect(stored).toMatchObject({
      status: 202,
      body: {
        rsvp: {
          personId: 'ana',
          name: 'Ana',
          email: 'ana@example.org',
          phone: '+919845012345',
          status: 'going',
          checkedInAt: null,
          luma: null,
          sync: { state: 'pending_push', lastError: null },
        },
        operation: { state: 'queued' },
      },
    });
    expect((await ingress.call('GET', '/v1/events/party/rsvps/ana')).body.rsvp).toEqual(stored.body.rsvp);
    expect(await put('ana', ana)).toMatchObject({ status: 202, body: { operation: null } });
    expect((await ingress.call('GET', '/v1/events/party')).body.event.rsvpCount).toBe(1);
  });

  it('takes an answer back as it was given out, whatever Luma shows of a person', async () => {
    const { id: eventId } = await ingress.db.event.findUniqueOrThrow({ where: { externalId: 'party' } });
    const addPerson = (data: { name: string | null; email: string; phone: string | null }) =>
      ingress.db.person.create({
        data: { ...data, origin: 'luma', emailVerified: true, rsvps: { create: { eventId, status: 'going' } } },
      });
    const long = await addPerson({ name: 'N'.repeat(403), email: 'odd.(one)@example.org', phone: 'ext. 12' });
    const nameless = await addPerson({ name: null, email: 'nameless@example.org', phone: null });
    for (const { id } of [long, nameless]) {
      const given = (await ingress.call('GET', `/v1/events/party/rsvps/${id}`)).body.rsvp;
      const repeated = await put(id, given);
      expect(repeated.body.errors).toBeUndefined();
      expect(repeated).toMatchObject({ status: 202, body: { operation: null, rsvp: given } });
      expect(await put(id, { ...given, status: 'waitlist' })).toMatchObject({
        status: 202,
        body: { rsvp: { name: given.name, email: given.email, phone: given.phone, status: 'waitlist' } },
      });
    }
    const { errors } = (await put(long.id, { ...ana, name: 'N'.repeat(404), personId: 'another' })).body;
    expect(errors).toEqual([{ path: 'personId', message: 'cannot be changed: leave it out' }]);
  });

  it.each([undefined, null, '', '  '])('a person without a mail (%s) is told what to do', async (email) => {
    const { email: _email, ...rest } = ana;
    expect(await put('nomail', email === undefined ? rest : { ...rest, email })).toMatchObject({
      status: 422,
      body: {
        code: 'rsvp.email_required',
        title: 'Answering needs a mail address',
        errors: [{ path: 'email', message: 'Answering needs a mail address' }],
      },
    });
  });

  it('a person without a mail is told in the words of the calendar that has the event, or would take it', async () => {
    const { id, words } = { id: ingress.calendarId, words: 'Add your email in Profile to RSVP for events' };
    const path = `/v1/calendars/${id}`;
    const changed = await ingress.call('PATCH', path, { emailRequiredText: words });
    expect(changed.body.calendar.emailRequiredText).toBe(words);
    await ingress.call('PUT', '/v1/events/placed', { ...eventBody, calendarId: id });
    const told = async (event: string) => (await put('nomail', { name: 'Ana', status: 'going' }, event)).body;
    for (const event of ['party', 'placed']) {
      expect(await told(event)).toMatchObject({ title: words, errors: [{ path: 'email', message: words }] });
    }
    expect(await told('unknown')).toMatchObject({
      code: 'rsvp.email_required',
      title: 'Answering needs a mail address',
    });
    await ingress.call('PATCH', path, { emailRequiredText: null });
    expect((await told('party')).title).toBe('Answering needs a mail address');
  });

  it.each([
    ['email', { email: 'not a mail' }],
    ['email', { email: 'a\u0000@example.org' }],
    ['email', { email: 7 }],
    ['phone', { phone: '12' }],
    ['status', { status: 'maybe' }],
    ['name', { name: '' }],
    ['age', { age: 7 }],
  ])('refuses a wrong %s', async (path, over) => {
    const answer = await put('wrong', { ...ana, ...over });
    expect(answer).toMatchObject({ status: 422, body: { code: 'request.invalid', errors: [{ path }] } });
  });

  it('a mail belongs to one person', async () => {
    await put('ana', ana);
    expect(await put('other', ana)).toMatchObject({ status: 409, body: { code: 'person.email_taken' } });
  });

  it('a host decides on an answer that exists', async () => {
    await put('bo', { ...ana, email: 'bo@example.org', phone: null, status: 'pending' });
    const patch = (person: string, body: object) => ingress.call('PATCH', `/v1/events/party/rsvps/${person}`, body);
    expect(await patch('bo', { status: 'going' })).toMatchObject({
      status: 202,
      body: { rsvp: { status: 'going' }, operation: { state: 'queued' } },
    });
    expect(await patch('nobody', { status: 'going' })).toMatchObject({ status: 404, body: { code: 'rsvp.unknown' } });
    expect(await patch('bo', { status: 'going', email: 'x@example.org' })).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'email' }] },
    });
  });

  it('unknown events and cancelled ones', async () => {
    expect(await put('ana', ana, 'nowhere')).toMatchObject({ status: 404, body: { code: 'event.unknown' } });
    expect(await ingress.call('GET', '/v1/events/party/rsvps/nobody')).toMatchObject({
      status: 404,
      body: { code: 'rsvp.unknown' },
    });
    await ingress.call('PUT', '/v1/events/over', eventBody);
    await ingress.call('DELETE', '/v1/events/over');
    expect(await put('ana', ana, 'over')).toMatchObject({ status: 409, body: { code: 'event.cancelled' } });
  });

  it('lists page by page, by status', async () => {
    await ingress.call('PUT', '/v1/events/listed', eventBody);
    for (const name of ['l1', 'l2', 'l3']) {
      await put(name, { name, email: `${name}@example.org`, status: name === 'l2' ? 'waitlist' : 'going' }, 'listed');
    }
    const first = await ingress.call('GET', '/v1/events/listed/rsvps?limit=2');
    const rest = await ingress.call('GET', `/v1/events/listed/rsvps?limit=2&cursor=${first.body.nextCursor}`);
    const names = [...first.body.data, ...rest.body.data].map(({ personId }: { personId: string }) => personId);
    expect(names).toEqual(['l1', 'l2', 'l3']);
    expect(rest.body.nextCursor).toBeNull();
    expect((await ingress.call('GET', '/v1/events/listed/rsvps?status=waitlist')).body.data).toHaveLength(1);
  });
});
