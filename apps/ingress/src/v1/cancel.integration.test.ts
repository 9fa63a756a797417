import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventBody, openIngress, type TestIngress } from '../../test/open-ingress.js';
import type { PreviewCancellation } from '../luma/cancellation-preview.js';

let ingress: TestIngress;
/** What Luma would say. */
let shown: Awaited<ReturnType<PreviewCancellation>>;
let asked: string[] = [];
beforeAll(async () => {
  ingress = await openIngress({
    deps: {
      previewCancellation: async (_access, lumaEventId) => {
        asked.push(lumaEventId);
        return shown;
      },
    },
  });
});
let number = 0;
let key: string;
let eventId: string;
beforeEach(async () => {
  number += 1;
  key = `event-${number}`;
  eventId = (await ingress.call('PUT', `/v1/events/${key}`, eventBody)).body.event.id;
  await ingress.db.eventLink.create({
    data: { eventId, calendarId: ingress.calendarId, lumaEventId: `evt-${number}`, state: 'synced' },
  });
  shown = { kind: 'answered', value: { guests: 12, isPaid: false } };
  asked = [];
});
const cancel = (body: object, headers = {}) => ingress.call('POST', `/v1/events/${key}/cancel`, body, headers);
const cancellations = () => ingress.db.eventCancellation.findMany({ where: { eventId } });
const approval = async () => (await ingress.call('GET', `/v1/events/${key}`)).body.event.approval;

describe('POST /v1/events/{externalId}/cancel', () => {
  it.each(['hide', 'soft'])('with mode %s asks Luma nothing first and mails nobody', async (mode) => {
    expect(await cancel({ mode })).toMatchObject({
      status: 202,
      body: { event: { approval: 'cancelled', cancelMode: mode } },
    });
    expect(asked).toEqual([]);
    expect(await ingress.db.event.findUnique({ where: { id: eventId } })).toMatchObject({ cancelMode: mode });
    const undone = await ingress.call('POST', `/v1/events/${key}/approve`);
    expect(undone).toMatchObject({ status: 202, body: { event: { approval: 'approved', cancelMode: null } } });
  });

  it('for good answers with Luma’s count first, and goes with it or a higher number (T49)', async () => {
    for (const confirmRecipients of [undefined, 0, 11]) {
      expect(await cancel({ mode: 'cancel', confirmRecipients })).toMatchObject({
        status: 409,
        body: { code: 'mail.confirmation_required', details: { recipients: 12, countedBy: 'luma', isPaid: false } },
      });
    }
    expect(await cancellations()).toEqual([]);
    const ordered = await cancel({ mode: 'cancel', confirmRecipients: 13 });
    expect(ordered).toMatchObject({ status: 202, body: { operation: { state: 'queued' } } });
    expect(await cancellations()).toMatchObject([
      { operationId: ordered.body.operation.id, guests: 13, refund: null, actor: 'app', askedAt: null },
    ]);
    // Not before Luma has done it.
    expect(await approval()).toBe('approved');
  });

  it('needs the number also where the calendar would mail more without a word, and for nobody at all', async () => {
    shown = { kind: 'answered', value: { guests: 0, isPaid: false } };
    expect(await cancel({ mode: 'cancel' })).toMatchObject({ status: 409, body: { details: { recipients: 0 } } });
    expect((await cancel({ mode: 'cancel', confirmRecipients: 0 })).status).toBe(202);
  });

  it('asks what becomes of the money of those who paid', async () => {
    shown = { kind: 'answered', value: { guests: 12, isPaid: true } };
    expect(await cancel({ mode: 'cancel', confirmRecipients: 12 })).toMatchObject({
      status: 422,
      body: { code: 'event.refund_undecided', errors: [{ path: 'refund' }] },
    });
    expect((await cancel({ mode: 'cancel', confirmRecipients: 12, refund: false })).status).toBe(202);
    expect(await cancellations()).toMatchObject([{ refund: false }]);
  });

  it('says what Luma said when it cannot be asked, and does nothing', async () => {
    shown = { kind: 'refused', code: 'luma.unreachable', reason: 'Luma cannot be reached' };
    expect(await cancel({ mode: 'cancel', confirmRecipients: 12 })).toMatchObject({
      status: 502,
      body: { code: 'luma.unreachable' },
    });
    expect(await cancellations()).toEqual([]);
  });

  it('takes a number and a refund for the loud mode alone', async () => {
    for (const body of [{ confirmRecipients: 12 }, { mode: 'soft', refund: true }])
      expect(await cancel(body)).toMatchObject({ status: 422, body: { errors: [{ path: 'mode' }] } });
    expect(await approval()).toBe('approved');
  });

  it('is not undone, nor done again, once Luma has cancelled', async () => {
    await ingress.db.event.update({ where: { id: eventId }, data: { approval: 'cancelled', cancelMode: 'cancel' } });
    const gone = { status: 409, body: { code: 'event.cancelled_for_good' } };
    expect(await cancel({ mode: 'cancel', confirmRecipients: 12 })).toMatchObject(gone);
    expect(await ingress.call('POST', `/v1/events/${key}/approve`)).toMatchObject(gone);
    expect(asked).toEqual([]);
  });

  it('by a host at Luma is not undone either: the event is gone there', async () => {
    await ingress.db.event.update({
      where: { id: eventId },
      data: { approval: 'cancelled', link: { update: { state: 'source_deleted' } } },
    });
    expect(await ingress.call('POST', `/v1/events/${key}/approve`)).toMatchObject({
      status: 409,
      body: { code: 'event.cancelled_for_good' },
    });
  });
});
