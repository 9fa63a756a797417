import { beforeAll, describe, expect, it } from '@jest/globals';
import { eventBody, openIngress, type TestIngress } from '../../test/open-ingress.js';

let ingress: TestIngress;
const LIMIT = 2;
beforeAll(async () => {
  ingress = await openIngress();
  const settings = { mailOnUpdate: true, mailOnRsvp: true, mailCoupons: true, mailConfirmAbove: LIMIT };
  const changed = await ingress.call('PATCH', `/v1/calendars/${ingress.calendarId}`, settings);
  expect(changed.body.calendar).toMatchObject(settings);
});

const put = (key: string, over: object = {}) => ingress.call('PUT', `/v1/events/${key}`, { ...eventBody, ...over });

/** An event that Luma has, with so many guests there, of whom `declined` said no. */
async function publish(key: string, guests: number, declined = 0): Promise<string> {
  const { id } = (await put(key)).body.event as { id: string };
  await ingress.db.eventLink.create({
    data: { eventId: id, calendarId: ingress.calendarId, lumaEventId: `evt-${key}`, state: 'synced' },
  });
  await addGuests(id, 'approved', guests);
  await addGuests(id, 'declined', declined);
  return id;
}

async function addGuests(eventId: string, status: string, count: number): Promise<void> {
  await ingress.db.$executeRaw`
    with p as (
      insert into people (name, email, origin) select 'G', ${status} || n || ${eventId} || '@example.org', 'luma'
        from generate_series(1, ${count}::int) n
      returning id
    ), r as (insert into rsvps (event_id, person_id, status) select ${eventId}::uuid, id, 'going' from p returning id)
    insert into rsvp_links (rsvp_id, luma_guest_id, state, base) select id, 'gst-' || id, 'synced',
      jsonb_build_object('luma', ${status}::text) from r`;
}

const confirmationOf = (recipients: number) => ({
  status: 409,
  body: {
    code: 'mail.confirmation_required',
    title: expect.stringMatching(/counted among the people known here/),
    details: { recipients, countedBy: 'known_guests' },
    errors: [{ path: 'confirmRecipients', message: expect.stringContaining(String(recipients)) }],
  },
});
const permits = (eventId: string) =>
  ingress.db.mailPermit.findMany({ where: { eventId }, select: { purpose: true, recipients: true, actor: true } });

describe('an edit that guests are mailed about', () => {
  it('up to the limit is taken, and the answer says who may be mailed', async () => {
    await publish('few', LIMIT);
    expect(await put('few', { title: 'New' })).toMatchObject({
      status: 202,
      body: { mail: { allowed: true, recipients: LIMIT } },
    });
  });

  it('above it is taken without mail when nobody says the number, and the answer says so (T42)', async () => {
    const id = await publish('many', LIMIT + 1, 5);
    const answer = await put('many', { title: 'New' });
    expect(answer).toMatchObject({
      status: 202,
      body: { operation: { state: 'queued' }, mail: { allowed: false, recipients: LIMIT + 1 } },
    });
    expect(answer.body.mail.reason).toMatch(/^No mail: 3 people .*more than 2/);
    expect(await permits(id)).toEqual([]);
  });

  it('changes nothing while the number that is said is too low, and is mailed about when it is right', async () => {
    const id = await publish('said', LIMIT + 1);
    for (const confirmRecipients of [0, LIMIT])
      expect(await put('said', { title: 'New', confirmRecipients })).toMatchObject(confirmationOf(LIMIT + 1));
    expect((await ingress.call('GET', '/v1/events/said')).body.event).toMatchObject({
      title: 'Drum circle',
      revision: 1,
    });
    expect(await put('said', { title: 'New', confirmRecipients: LIMIT + 1 })).toMatchObject({
      status: 202,
      body: { mail: { allowed: true, recipients: LIMIT + 1 }, event: { title: 'New' } },
    });
    expect(await permits(id)).toEqual([{ purpose: 'event_update', recipients: LIMIT + 1, actor: 'app' }]);
  });

  it('is mailed about when fewer people than the stated number would be', async () => {
    const id = await publish('fewer', LIMIT + 1);
    expect(await put('fewer', { title: 'New', confirmRecipients: LIMIT + 5 })).toMatchObject({
      status: 202,
      body: { mail: { allowed: true, recipients: LIMIT + 1 } },
    });
    expect(await permits(id)).toEqual([{ purpose: 'event_update', recipients: LIMIT + 5, actor: 'app' }]);
  });

  it('of words that Luma mails nobody about says nothing of mail', async () => {
    await publish('words', LIMIT + 1);
    expect((await put('words', { description: 'Bring two drums' })).body.mail).toBeNull();
  });
});

describe('approving an event that people have answered', () => {
  it('asks for their number where Luma would mail more than the limit, and takes it or a higher number (T43)', async () => {
    const citizen = { externalId: 'u', name: 'H', email: 'h@example.org', role: 'citizen' };
    const { id } = (await put('waiting', { host: citizen, calendarId: ingress.calendarId })).body.event;
    for (const person of ['a', 'b', 'c'])
      await ingress.call('PUT', `/v1/events/waiting/rsvps/${person}`, {
        name: person,
        email: `${person}@waiting.example.org`,
        status: 'going',
      });
    const approve = (body?: object) => ingress.call('POST', '/v1/events/waiting/approve', body);
    expect(await approve()).toMatchObject(confirmationOf(3));
    expect(await approve({ confirmRecipients: 2 })).toMatchObject(confirmationOf(3));
    expect((await ingress.call('GET', '/v1/events/waiting')).body.event.approval).toBe('pending');
    expect(await approve({ confirmRecipients: 4 })).toMatchObject({
      status: 202,
      body: { event: { approval: 'approved' }, mail: { allowed: true, recipients: 3 } },
    });
    expect(await permits(id)).toEqual([{ purpose: 'rsvp_push', recipients: 4, actor: 'app' }]);
  });
});

describe('a guest pull that mails coupons', () => {
  const pull = (key: string, body: object = {}) => ingress.call('POST', `/v1/events/${key}/guest-pulls`, body);

  it('asks for the number of people who would get one, codes in stock counted', async () => {
    await publish('coupons', LIMIT + 2, 3);
    const pool = (await ingress.call('POST', '/v1/coupon-pools', { name: 'Pool', events: ['coupons'] })).body.pool;
    const codes = (count: number, from: number) =>
      ingress.call(
        'POST',
        `/v1/coupon-pools/${pool.id}/imports`,
        Array.from({ length: count }, (_, n) => `C${from + n}`).join('\n'),
        {
          'content-type': 'text/csv',
        },
      );
    expect((await pull('coupons')).status).toBe(202);
    await codes(LIMIT + 1, 0);
    expect(await pull('coupons')).toMatchObject(confirmationOf(LIMIT + 1));
    await codes(5, 10);
    expect(await pull('coupons', { confirmRecipients: LIMIT + 1 })).toMatchObject(confirmationOf(LIMIT + 2));
    const asked = await pull('coupons', { confirmRecipients: LIMIT + 3 });
    expect(asked.status).toBe(202);
    const operation = await ingress.db.operation.findUniqueOrThrow({ where: { id: asked.body.operation.id } });
    expect(operation.payload).toMatchObject({ sendEmails: true, mailsConfirmed: LIMIT + 3 });
    // Nobody is mailed: no number is asked for.
    expect((await pull('coupons', { sendEmails: false })).status).toBe(202);
    expect((await pull('coupons', { assignCoupons: false })).status).toBe(202);
  });
});
