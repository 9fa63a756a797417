import { beforeAll, describe, expect, it } from '@jest/globals';
import { eventBody, openIngress, type TestIngress } from '../../test/open-ingress.js';

let ingress: TestIngress;
beforeAll(async () => {
  ingress = await openIngress();
  await ingress.call('PUT', '/v1/events/party', eventBody);
});

let people = 0;

/** A coupon mail in the ledger. */
async function aMail(state: 'reserved' | 'sent' | 'unknown' | 'failed'): Promise<{ id: string; person: string }> {
  const { db } = ingress;
  people += 1;
  const person = `guest-${people}`;
  const email = `${person}@example.org`;
  await ingress.call('PUT', `/v1/events/party/rsvps/${person}`, { name: 'Guest', email, status: 'going' });
  const { id: personId } = await db.person.findUniqueOrThrow({ where: { externalId: person } });
  const { id: eventId } = await db.event.findUniqueOrThrow({ where: { externalId: 'party' } });
  const pool = await db.couponPool.create({
    data: { name: `Pool ${people}`, codes: { create: { code: 'A' } } },
    include: { codes: true },
  });
  const codeId = pool.codes[0]?.id ?? '';
  const assignment = await db.couponAssignment.create({ data: { poolId: pool.id, personId, codeId, eventId } });
  const { id } = await db.message.create({
    data: {
      kind: 'coupon',
      assignmentId: assignment.id,
      recipient: email,
      idempotencyKey: `coupon-${assignment.id}`,
      state,
      askedAt: new Date('2030-01-01T12:00:00.000Z'),
      lastError: {
        code: 'mail.outcome_unknown_expired',
        message: 'no answer for a day',
        at: '2030-01-02T12:00:00.000Z',
      },
    },
  });
  return { id, person };
}

const settle = (id: string, sent: unknown) => ingress.call('POST', `/v1/messages/${id}/settle`, { sent });
const mailOperations = () => ingress.db.operation.count({ where: { job: 'coupon.email' } });

describe('/v1/messages', () => {
  it('lists the ledger without addresses and contents, by state and by person', async () => {
    const unknown = await aMail('unknown');
    await aMail('sent');
    const list = await ingress.call('GET', '/v1/messages?state=unknown&event=party');
    expect(list.body).toEqual({
      data: [
        {
          id: unknown.id,
          kind: 'coupon',
          state: 'unknown',
          event: 'party',
          personId: unknown.person,
          providerId: null,
          askedAt: '2030-01-01T12:00:00.000Z',
          sentAt: null,
          lastError: { code: 'mail.outcome_unknown_expired', message: 'no answer for a day', nextTryAt: null },
          createdAt: expect.any(String),
        },
      ],
      nextCursor: null,
    });
    expect((await ingress.call('GET', `/v1/messages?personId=${unknown.person}`)).body.data).toHaveLength(1);
    expect((await ingress.call('GET', `/v1/messages/${unknown.id}`)).body.message).toEqual(list.body.data[0]);
    const first = await ingress.call('GET', '/v1/messages?limit=1');
    const rest = await ingress.call('GET', `/v1/messages?cursor=${first.body.nextCursor}`);
    expect(rest.body.data.map(({ id }: { id: string }) => id)).toContain(unknown.id);
    expect(rest.body.data).not.toContainEqual(first.body.data[0]);
  });

  it('a mail that arrived is settled without another one', async () => {
    const { id, person } = await aMail('unknown');
    const before = await mailOperations();
    const settled = await settle(id, true);
    expect(settled).toMatchObject({
      status: 202,
      body: { operation: null, message: { state: 'sent', sentAt: '2030-01-01T12:00:00.000Z' } },
    });
    expect(await settle(id, true)).toMatchObject({ status: 202, body: { operation: null } });
    expect(await settle(id, false)).toMatchObject({ status: 409, body: { code: 'message.not_open' } });
    expect(await mailOperations()).toBe(before);
    const story = await ingress.call('GET', `/v1/events/party/rsvps/${person}/timeline`);
    expect(story.body.data.filter(({ fact }: { fact: string }) => fact === 'coupon-settled')).toMatchObject([
      { actor: 'app', kind: 'decided', details: { isSent: true } },
    ]);
  });

  it('a mail that did not arrive is sent once more, under another key', async () => {
    const { id } = await aMail('unknown');
    const before = await ingress.db.message.findUniqueOrThrow({ where: { id } });
    const [one, two] = await Promise.all([settle(id, false), settle(id, false)]);
    expect([one.status, two.status].toSorted()).toEqual([202, 409]);
    const won = one.status === 202 ? one : two;
    expect(won.body).toMatchObject({ operation: { state: 'queued' }, message: { state: 'reserved', askedAt: null } });
    expect(won.headers.get('location')).toBe(`/v1/operations/${won.body.operation.id}`);
    const after = await ingress.db.message.findUniqueOrThrow({ where: { id } });
    expect(after.idempotencyKey).not.toBe(before.idempotencyKey);
  });

  it.each(['reserved', 'failed'] as const)('a mail that is %s is not for settling', async (state) => {
    const { id } = await aMail(state);
    for (const sent of [true, false])
      expect(await settle(id, sent)).toMatchObject({ status: 409, body: { code: 'message.not_open' } });
  });

  it('refuses what it does not know', async () => {
    expect(await settle(crypto.randomUUID(), true)).toMatchObject({ status: 404, body: { code: 'message.unknown' } });
    expect((await settle((await aMail('unknown')).id, 'yes')).status).toBe(422);
    const nobody = await ingress.call('GET', '/v1/messages?personId=nobody');
    expect(nobody).toMatchObject({ status: 404, body: { code: 'person.unknown' } });
  });
});
