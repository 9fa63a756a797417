import { beforeAll, describe, expect, it } from '@jest/globals';
import { eventBody, openIngress, type TestIngress } from '../../test/open-ingress.js';
import { addRecords, fillPath, type RecordsOfACalendar } from '../../test/records-of-a-calendar.js';
import { v1Routes } from './routes/all.js';

let ingress: TestIngress;
let records: RecordsOfACalendar;
beforeAll(async () => {
  ingress = await openIngress({
    deps: {
      registerWebhook: async () => ({
        kind: 'answered',
        value: { webhookId: 'wh-1', secret: 'whsec_new_and_secret', refusedTypes: [], isNew: true },
      }),
      previewCancellation: async () => ({ kind: 'answered', value: { guests: 3, isPaid: false } }),
    },
  });
  records = await addRecords(ingress.db, 'audited', ingress.calendarId);
});

const audit = async (query = '') => (await ingress.call('GET', `/v1/audit-log?${query}`)).body.data;
const changing = v1Routes.filter(({ method }) => method !== 'get');

/** One call of each command that works, in an order in which each still can. */
const CALLS: [string, unknown?][] = [
  ['POST /v1/calendars', { name: 'Added', kind: 'manual' }],
  ['PATCH /v1/calendars/{calendarId}', { name: 'Renamed', apiKey: 'a-new-secret-key', mailConfirmAbove: 7 }],
  ['POST /v1/calendars/{calendarId}/webhook'],
  ['POST /v1/calendars/{calendarId}/backfills'],
  ['POST /v1/backfills/{planId}/apply'],
  ['POST /v1/backfill-questions/{questionId}/answer', { answer: 'keep_apart' }],
  ['POST /v1/removal-questions/{questionId}/answer', { answer: 'keep' }],
  ['POST /v1/coupon-pools', { name: 'Audited', events: ['{externalId}'], calendarId: '{calendarId}' }],
  ['POST /v1/coupon-pools/{poolId}/imports', 'B1\nB2\n'],
  ['POST /v1/events/{externalId}/rsvps/{personId}/restore'],
  ['POST /v1/conflicts/{conflictId}/resolve', { keep: 'ours' }],
  ['POST /v1/messages/{messageId}/settle', { sent: true }],
  ['POST /v1/webhook-deliveries/{deliveryId}/replay'],
  ['POST /v1/operations/{operationId}/retry'],
  ['POST /v1/operations/{operationId}/discard', { reason: 'a test' }],
  ['POST /v1/events/{externalId}/guest-pulls', { sendEmails: false }],
  ['POST /v1/events/{externalId}/held-mails/confirm', { confirmRecipients: 1 }],
  ['POST /v1/events/{externalId}/held-mails/discard'],
  ['DELETE /v1/events/{externalId}'],
  ['POST /v1/events/{externalId}/approve'],
  ['POST /v1/events/{externalId}/cancel', { mode: 'cancel', confirmRecipients: 3 }],
  ['POST /v1/api-keys', { name: 'made', scopes: ['read'] }],
  ['POST /v1/people/{personId}/erasure', { confirm: true }],
];

/** The dead letter was run again by the call before, and so is none any more. */
const makeDeadLetter = () =>
  ingress.db.operation.update({
    where: { id: records.operationId },
    data: { state: 'failed', replayedBy: null },
  });

describe('the audit log', () => {
  it('has an entry of every command that works, with who, from where, when and about what', async () => {
    const called = new Set<string>();
    for (const [route, body] of CALLS) {
      called.add(route);
      if (route.endsWith('/discard')) await makeDeadLetter();
      const [method = '', path = ''] = route.split(' ');
      const filled = body === undefined ? undefined : JSON.parse(fillPath(JSON.stringify(body), records));
      const headers = typeof body === 'string' ? { 'content-type': 'text/csv' } : {};
      const answer = await ingress.call(method, fillPath(path, records), filled, headers);
      expect([route, answer.status < 300, answer.body.code]).toEqual([route, true, undefined]);
      const [newest] = await audit('limit=1');
      const spec = v1Routes.find((known) => known.path === path && known.method === method.toLowerCase());
      const action = spec?.audit !== undefined && 'action' in spec.audit ? spec.audit.action : 'none';
      expect([route, newest]).toMatchObject([
        route,
        { action, actor: 'app', actorKind: 'api_key', address: expect.stringMatching(/127\.0\.0\.1$/) },
      ]);
      expect(newest.subject).not.toBe('luma-sync');
    }
    await rejectAnEvent();
    called.add('POST /v1/events/{externalId}/reject');
    await deleteWhatWasMade();
    called.add('DELETE /v1/calendars/{calendarId}').add('DELETE /v1/api-keys/{apiKeyId}');
    // Every command that says it leaves an entry was called.
    const kept = changing.filter(({ audit: kind }) => kind !== undefined && 'action' in kind);
    expect([...called].sort()).toEqual(kept.map(({ method, path }) => `${method.toUpperCase()} ${path}`).sort());
  });

  it('lacks only commands that have a reason for it', () => {
    const silent = changing.flatMap(({ method, path, audit: kind }) => {
      if (kind === undefined) return [`${method} ${path}: says nothing`];
      return 'none' in kind ? [`${method} ${path}`] : [];
    });
    expect(silent.sort()).toEqual([
      'patch /v1/events/{externalId}/rsvps/{personId}',
      'post /v1/calendars/{calendarId}/pulls',
      'post /v1/calendars/{calendarId}/test-connection',
      'post /v1/drift-checks',
      'post /v1/events/{externalId}/pull',
      'post /v1/events/{externalId}/push',
      'put /v1/events/{externalId}',
      'put /v1/events/{externalId}/rsvps/{personId}',
    ]);
  });

  it('names what changed, and no secret', async () => {
    const [change] = await audit('action=calendar.change');
    expect(change).toMatchObject({
      subjectType: 'calendar',
      subject: ingress.calendarId,
      calendarId: ingress.calendarId,
      changes: { name: { from: 'Test', to: 'Renamed' }, apiKey: 'set', mailConfirmAbove: { from: 50, to: 7 } },
    });
    expect((await audit('action=event.cancel&limit=1'))[0].changes).toEqual({
      mode: 'cancel',
      guests: 3,
      refund: null,
    });
    const rows = await ingress.db.$queryRaw<{ row: string }[]>`select to_jsonb(a)::text as row from audit_log a`;
    const all = rows.map(({ row }) => row).join('\n');
    expect(all).not.toMatch(/a-new-secret-key|whsec_|lsk_|example\.org|audited person/);
  });

  it('finds entries by actor, action, subject, calendar and time, page by page', async () => {
    expect((await audit(`subject=${records.poolId}`)).map(({ action }: { action: string }) => action)).toEqual([
      'coupon_pool.import',
    ]);
    expect(await audit('actor=nobody')).toEqual([]);
    expect((await audit(`calendarId=${ingress.calendarId}`)).length).toBeGreaterThan(5);
    expect(await audit('from=2100-01-01T00:00:00Z')).toEqual([]);
    const first = (await ingress.call('GET', '/v1/audit-log?limit=2')).body;
    const second = (await ingress.call('GET', `/v1/audit-log?limit=2&cursor=${first.nextCursor}`)).body;
    const ids = [...first.data, ...second.data].map(({ id }: { id: string }) => Number(id));
    expect(ids).toEqual([...new Set(ids)].toSorted((a, b) => b - a));
  });

  it('keeps nothing of a command that was refused, and one entry for one that is repeated', async () => {
    const count = () => ingress.db.auditEntry.count();
    const before = await count();
    expect((await ingress.call('POST', '/v1/calendars', { name: 'Renamed', kind: 'manual' })).status).toBe(409);
    expect(await count()).toBe(before);
    const again = { 'idempotency-key': 'audit-1' };
    for (let n = 0; n < 2; n += 1)
      await ingress.call('POST', '/v1/calendars', { name: 'Twice', kind: 'manual' }, again);
    expect(await count()).toBe(before + 1);
  });

  /** Guards against somebody who covers their tracks with the rights of the application. */
  it('cannot be changed, emptied or cut', async () => {
    await expect(ingress.db.$executeRaw`update audit_log set actor = 'somebody'`).rejects.toThrow('append-only');
    await expect(ingress.db.$executeRaw`delete from audit_log`).rejects.toThrow('append-only');
    await expect(ingress.db.$executeRaw`truncate audit_log`).rejects.toThrow('append-only');
  });

  it('and the calendar’s own story name who changed its settings and pools', async () => {
    const story = (await ingress.call('GET', `/v1/calendars/${ingress.calendarId}/timeline`)).body.data;
    expect(story.map(({ actor, message }: { actor: string; message: string }) => `${actor}: ${message}`)).toEqual(
      expect.arrayContaining([
        'app: Settings changed: name, apiKey, mailConfirmAbove.',
        'app: Settings changed: webhook.',
        'app: The coupon pool "Audited" was made for this calendar.',
        'app: 2 codes were added to "audited pool".',
      ]),
    );
  });
});

async function rejectAnEvent(): Promise<void> {
  const host = { externalId: 'h', role: 'citizen' };
  const made = await ingress.call('PUT', '/v1/events/waiting', { ...eventBody, host });
  expect((await ingress.call('POST', '/v1/events/waiting/reject')).status).toBe(202);
  expect((await audit('action=event.reject'))[0]).toMatchObject({ subject: made.body.event.id });
}

async function deleteWhatWasMade(): Promise<void> {
  const [made] = await audit('action=calendar.create&limit=1');
  expect((await ingress.call('DELETE', `/v1/calendars/${made.subject}`)).status).toBe(204);
  expect((await audit('action=calendar.delete'))[0]).toMatchObject({ subject: made.subject });
  const [key] = await audit('action=api_key.create&limit=1');
  expect(key.changes).toEqual({ name: 'made', scopes: ['read'], calendarIds: [], expiresAt: null });
  expect((await ingress.call('DELETE', `/v1/api-keys/${key.subject}`)).status).toBe(204);
  expect((await audit('action=api_key.revoke'))[0]).toMatchObject({ subject: key.subject });
}
