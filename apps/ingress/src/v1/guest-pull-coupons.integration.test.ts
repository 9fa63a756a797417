import { beforeAll, describe, expect, it } from '@jest/globals';
import { eventBody, openIngress, type TestIngress } from '../../test/open-ingress.js';

let ingress: TestIngress;
beforeAll(async () => {
  ingress = await openIngress();
});

async function publish(key: string, hasPool = true): Promise<void> {
  const { body } = await ingress.call('PUT', `/v1/events/${key}`, eventBody);
  const link = { eventId: body.event.id, calendarId: ingress.calendarId, lumaEventId: `evt-${key}` };
  await ingress.db.eventLink.create({ data: { ...link, state: 'synced' } });
  if (hasPool) await ingress.call('POST', '/v1/coupon-pools', { name: key, events: [key] });
}

async function pull(key: string, body: object = {}, headers: Record<string, string> = {}) {
  const answer = await ingress.call('POST', `/v1/events/${key}/guest-pulls`, body, headers);
  if (answer.status !== 202) return { answer, payload: null };
  const { payload } = await ingress.db.operation.findUniqueOrThrow({ where: { id: answer.body.operation.id } });
  return { answer, payload };
}

const mailCoupons = (isOn: boolean) =>
  ingress.call('PATCH', `/v1/calendars/${ingress.calendarId}`, { mailCoupons: isOn });

describe('a guest pull with an empty body (O5)', () => {
  it('assigns coupons and mails nobody, and the answer says so', async () => {
    await publish('plain');
    const { answer, payload } = await pull('plain');
    expect(payload).toMatchObject({ assignCoupons: true, sendEmails: false });
    expect(answer.body.coupons).toEqual({
      assigned: true,
      mailed: false,
      recipients: 0,
      message: 'Coupons are assigned, and nobody is mailed: the calendar does not (mailCoupons).',
    });
  });

  it('mails them where the calendar says so, if the key may let people be mailed', async () => {
    await publish('mailed');
    expect((await mailCoupons(true)).body.calendar).toMatchObject({ mailCoupons: true });
    const { answer, payload } = await pull('mailed');
    expect(payload).toMatchObject({ assignCoupons: true, sendEmails: true });
    expect(answer.body.coupons).toMatchObject({ assigned: true, mailed: true, recipients: 0 });
    const made = await ingress.call('POST', '/v1/api-keys', { name: 'no mail', scopes: ['write'] });
    const headers = { authorization: `Bearer ${made.body.key}` };
    expect((await pull('mailed', {}, headers)).answer).toMatchObject({
      status: 403,
      body: { code: 'auth.scope', details: { missing: 'mail' } },
    });
    expect((await pull('mailed', { sendEmails: false }, headers)).answer.status).toBe(202);
    await mailCoupons(false);
  });

  it('says that there is nothing to assign where no pool is linked, and mails on request', async () => {
    await publish('poolless', false);
    expect((await pull('poolless')).answer.body.coupons).toMatchObject({ assigned: false, mailed: false });
    await publish('asked');
    expect((await pull('asked', { sendEmails: true })).answer.body.coupons).toMatchObject({
      mailed: true,
      message: 'Coupons are assigned and mailed, to 0 people of those known here: the request asks for it.',
    });
  });
});
