import { describe, expect, it } from '@jest/globals';
import { Resend } from 'resend';
import { openSim } from '../../test/sim-for-tests.js';
import { ManualClock } from '../clock.js';

/** Resend's own client judges the mailbox. */
const clientOf = (url: string, key = 're_test') => new Resend(key, { baseUrl: url });
const MAIL = {
  from: 'Community <hello@example.org>',
  to: 'a@example.org',
  subject: 'Your code',
  html: '<p>CODE-1</p>',
};

describe('mailbox', () => {
  it("takes a mail from Resend's client, and gives it back", async () => {
    const sim = await openSim();
    const resend = clientOf(sim.mailboxUrl);
    const { data, error } = await resend.emails.send(MAIL);
    expect(error).toBeNull();
    const read = await resend.emails.get(data?.id ?? '');
    expect(read.data).toMatchObject({
      object: 'email',
      to: ['a@example.org'],
      subject: 'Your code',
      html: '<p>CODE-1</p>',
      last_event: 'delivered',
    });
    expect((await resend.emails.get('none')).error).toMatchObject({ name: 'not_found', statusCode: 404 });
  });

  it('the same key and body again is the same mail; the same key with another body is a conflict; after 24 hours it is new', async () => {
    const clock = new ManualClock();
    const sim = await openSim({ clock });
    const resend = clientOf(sim.mailboxUrl);
    const send = (mail: typeof MAIL) => resend.emails.send(mail, { idempotencyKey: 'coupon/1' });
    const first = await send(MAIL);
    expect((await send(MAIL)).data?.id).toBe(first.data?.id);
    expect((await send({ ...MAIL, to: 'b@example.org' })).error).toMatchObject({
      name: 'invalid_idempotent_request',
      statusCode: 409,
    });
    expect(sim.mailbox.list()).toHaveLength(1);
    clock.advance(24 * 3_600_000);
    expect((await send(MAIL)).data?.id).not.toBe(first.data?.id);
    expect(sim.mailbox.counters()).toMatchObject({
      mails: 2,
      repeated: 1,
      conflicts: 1,
      mailsToSameAddressAndSubject: [{ count: 2 }],
    });
  });

  it('a batch goes as a whole or not at all, under one key', async () => {
    const sim = await openSim();
    const resend = clientOf(sim.mailboxUrl);
    const batch = [MAIL, { ...MAIL, to: 'b@example.org' }];
    const sent = await resend.batch.send(batch, { idempotencyKey: 'batch/1' });
    expect(sent.data?.data).toHaveLength(2);
    expect((await resend.batch.send(batch, { idempotencyKey: 'batch/1' })).data).toEqual(sent.data);
    expect((await resend.batch.send([MAIL, { ...MAIL, to: 'nowhere' }])).error).toMatchObject({
      statusCode: 422,
      name: 'validation_error',
    });
    expect((await resend.batch.send(Array(101).fill(MAIL))).error).toMatchObject({ statusCode: 422 });
    expect(sim.mailbox.list()).toHaveLength(2);
  });

  it.each([
    [{ ...MAIL, to: '' }, 'missing_required_field'],
    [{ ...MAIL, from: 'nobody' }, 'invalid_from_address'],
    [{ ...MAIL, from: 'Acme, Events <events@example.org>' }, 'invalid_from_address'],
    [{ ...MAIL, to: ['a@example.org', 'b'] }, 'validation_error'],
    [{ from: MAIL.from, to: MAIL.to, subject: 's' }, 'missing_required_field'],
  ])('refuses %j as %s', async (mail, name) => {
    const sim = await openSim();
    const response = await fetch(`${sim.mailboxUrl}/emails`, {
      method: 'POST',
      headers: { authorization: 'Bearer re_test', 'content-type': 'application/json' },
      body: JSON.stringify(mail),
    });
    expect(await response.json()).toEqual({ statusCode: 422, name, message: expect.any(String) });
    expect(sim.mailbox.counters()).toMatchObject({ mails: 0, refused: 1 });
  });

  it('a missing key, a wrong key and a key too long have their own refusals', async () => {
    const sim = await openSim({ mailboxApiKeys: ['re_right'] });
    const bare = await fetch(`${sim.mailboxUrl}/emails`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    expect(await bare.json()).toMatchObject({ statusCode: 401, name: 'missing_api_key' });
    expect((await clientOf(sim.mailboxUrl, 're_wrong').emails.send(MAIL)).error).toMatchObject({
      name: 'invalid_api_key',
    });
    const long = await clientOf(sim.mailboxUrl, 're_right').emails.send(MAIL, { idempotencyKey: 'x'.repeat(257) });
    expect(long.error).toMatchObject({ statusCode: 400, name: 'invalid_idempotency_key' });
  });

  it('more than the allowed requests a second are refused, and a second later allowed', async () => {
    const clock = new ManualClock();
    const sim = await openSim({ clock, settings: { mailbox: { requestsPerSecond: 2 } } });
    const resend = clientOf(sim.mailboxUrl);
    const results = [];
    for (let call = 0; call < 3; call += 1) results.push((await resend.emails.send(MAIL)).error?.name ?? 'sent');
    expect(results).toEqual(['sent', 'sent', 'rate_limit_exceeded']);
    clock.advance(1_000);
    expect((await resend.emails.send(MAIL)).error).toBeNull();
    expect(sim.mailbox.counters()).toMatchObject({ mails: 3, rateLimited: 1 });
  });

  it('an answer lost after the mail was taken: sending again with the key makes no second mail, without it makes one', async () => {
    const sim = await openSim();
    const resend = clientOf(sim.mailboxUrl);
    sim.mailboxFaults.lay({ kind: 'lost-answer', path: '/emails', count: 1 });
    expect((await resend.emails.send(MAIL, { idempotencyKey: 'k' })).error).not.toBeNull();
    expect((await resend.emails.send(MAIL, { idempotencyKey: 'k' })).error).toBeNull();
    expect(sim.mailbox.list()).toHaveLength(1);
    sim.mailboxFaults.lay({ kind: 'error', status: 500, when: 'before', count: 1 });
    expect((await resend.emails.send(MAIL)).error).toMatchObject({ statusCode: 500 });
    expect(sim.mailbox.list()).toHaveLength(1);
  });

  it('the page shows mails escaped, and their HTML only in a frame that can do nothing', async () => {
    const sim = await openSim();
    const { data } = await clientOf(sim.mailboxUrl).emails.send({
      ...MAIL,
      subject: '<b>bold</b>',
      html: '<script>1</script>',
    });
    const page = await (await fetch(sim.mailboxUrl)).text();
    expect(page).toContain('&#60;b&#62;bold');
    expect(page).not.toContain('<script>');
    expect(page).toContain('<iframe sandbox=""');
    const frame = await fetch(`${sim.mailboxUrl}/_mailbox/mails/${data?.id}/html`);
    expect(frame.headers.get('content-security-policy')).toContain("default-src 'none'");
  });
});
