import { beforeAll, describe, expect, it } from '@jest/globals';
import { eventBody, openIngress, type TestIngress } from '../../test/open-ingress.js';

let ingress: TestIngress;
beforeAll(async () => {
  ingress = await openIngress();
  await ingress.call('PATCH', `/v1/calendars/${ingress.calendarId}`, { mailOnRsvp: true });
});

/** An event that Luma has, with so many answers that were sent without a mail. */
async function publish(key: string, held: number): Promise<string> {
  const { id } = (await ingress.call('PUT', `/v1/events/${key}`, eventBody)).body.event as { id: string };
  const { calendarId, db } = ingress;
  await db.eventLink.create({ data: { eventId: id, calendarId, lumaEventId: `evt-${key}`, state: 'synced' } });
  await db.$executeRaw`
    with p as (
      insert into people (name, email, origin) select 'G', n || ${id} || '@example.org', 'luma' from generate_series(1,
        ${held}::int) n returning id
    ), r as (insert into rsvps (event_id, person_id, status) select ${id}::uuid, id, 'going' from p returning id)
    insert into rsvp_links (rsvp_id, luma_guest_id, state, base, asked_at, asked_revision, mail_held_revision)
    select id, 'gst-' || id, 'synced', jsonb_build_object('ours', 'going', 'luma', 'approved'), now(), 1, 1 from r`;
  return id;
}

const confirm = (key: string, confirmRecipients: unknown) =>
  ingress.call('POST', `/v1/events/${key}/held-mails/confirm`, { confirmRecipients });

describe('mails that were held back', () => {
  it('are listed by event and shown at each answer', async () => {
    const id = await publish('listed', 2);
    const { data } = (await ingress.call('GET', '/v1/held-mails')).body;
    expect(data).toContainEqual({
      eventId: id,
      event: 'listed',
      title: eventBody.title,
      calendarId: ingress.calendarId,
      held: 2,
      confirmed: 0,
      since: expect.any(String),
    });
    const { data: answers } = (await ingress.call('GET', '/v1/events/listed/rsvps')).body;
    expect(answers.map((answer: { sync: { isMailHeld: boolean } }) => answer.sync.isMailHeld)).toEqual([true, true]);
    const elsewhere = await ingress.call('GET', `/v1/held-mails?calendarId=${id}`);
    expect(elsewhere.body.data).toEqual([]);
  });

  it('are listed page by page', async () => {
    await publish('page-1', 1);
    await publish('page-2', 1);
    const first = (await ingress.call('GET', '/v1/held-mails?limit=1')).body;
    expect(first.data).toHaveLength(1);
    const next = (await ingress.call('GET', `/v1/held-mails?limit=1&cursor=${first.nextCursor}`)).body;
    expect(next.data).toHaveLength(1);
    expect(next.data[0].eventId).not.toBe(first.data[0].eventId);
  });

  it('are confirmed with their number, once, and the audit log says by whom', async () => {
    const id = await publish('confirmed', 3);
    expect(await confirm('confirmed', 2)).toMatchObject({
      status: 409,
      body: { code: 'mail.confirmation_required', details: { recipients: 3 } },
    });
    const answer = await confirm('confirmed', 3);
    expect(answer).toMatchObject({ status: 202, body: { recipients: 3, operation: { state: 'queued' } } });
    expect(await confirm('confirmed', 3)).toMatchObject({ status: 202, body: { recipients: 0, operation: null } });
    const operation = await ingress.call('GET', `/v1/operations/${answer.body.operation.id}`);
    expect(operation.body.operation).toMatchObject({ job: 'rsvp.push', state: 'queued' });
    const entries = await ingress.db.auditEntry.findMany({ where: { action: 'held_mails.confirm' } });
    expect(entries).toMatchObject([
      { subjectType: 'event', subject: id, calendarId: ingress.calendarId, details: { recipients: 3 } },
      { details: { recipients: 0 } },
    ]);
  });

  it('are discarded', async () => {
    await publish('discarded', 1);
    expect(await ingress.call('POST', '/v1/events/discarded/held-mails/discard')).toMatchObject({
      status: 202,
      body: { recipients: 1, operation: null },
    });
    expect(await confirm('discarded', 1)).toMatchObject({ body: { recipients: 0 } });
    expect(await ingress.db.auditEntry.count({ where: { action: 'held_mails.discard' } })).toBe(1);
  });

  it('of an event that nobody knows are 404, and a number is needed', async () => {
    expect(await confirm('nothing', 1)).toMatchObject({ status: 404, body: { code: 'event.unknown' } });
    expect(await confirm('confirmed', 0)).toMatchObject({ status: 422, body: { code: 'request.invalid' } });
  });
});
