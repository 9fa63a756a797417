import { beforeAll, describe, expect, it } from '@jest/globals';
import * as client from '@luma-sync/client';
import { eventBody, openIngress, type TestIngress } from '../../test/open-ingress.js';

let ingress: TestIngress;
let lumaSync: client.LumaSyncClient;
beforeAll(async () => {
  ingress = await openIngress();
  lumaSync = client.createLumaSyncClient({ baseUrl: ingress.url, apiKey: await ingress.keyWith(['admin']) });
});

describe('the client of app servers', () => {
  it('speaks with every part of ingress', async () => {
    const input = { ...eventBody, location: { type: 'tbd' as const } };
    const { event, operation } = await lumaSync.events.put('client/event', input);
    expect(event).toMatchObject({ externalId: 'client/event', approval: 'approved' });
    expect(await lumaSync.events.get('client/event')).toEqual(event);
    await expect(lumaSync.events.replace('client/absent', input)).rejects.toMatchObject({ code: 'event.absent' });
    expect((await lumaSync.events.replace('client/event', input)).operation).toBeNull();
    expect(
      await lumaSync.rsvps.put('client/event', 'ana', { name: 'Ana', email: 'ana@example.org', status: 'pending' }),
    ).toMatchObject({
      rsvp: { personId: 'ana' },
    });
    expect((await lumaSync.rsvps.decide('client/event', 'ana', 'going')).rsvp.status).toBe('going');
    expect((await lumaSync.rsvps.get('client/event', 'ana')).status).toBe('going');
    expect((await lumaSync.timelines.rsvp('client/event', 'ana')).data[0]).toMatchObject({ fact: 'rsvp-answered' });
    expect((await lumaSync.timelines.event('client/event', { limit: 1 })).data).toHaveLength(1);
    expect((await lumaSync.timelines.calendar(ingress.calendarId)).data).toEqual([]);
    const made = await lumaSync.apiKeys.create({ name: 'reader', scopes: ['events:read'] });
    expect((await lumaSync.apiKeys.list()).at(-1)).toEqual(made.apiKey);
    await lumaSync.apiKeys.revoke(made.apiKey.id);
    const log = await lumaSync.auditLog.list({ subject: made.apiKey.id });
    expect(log.data.map(({ action }) => action)).toEqual(['api_key.revoke', 'api_key.create']);
    expect((await lumaSync.conflicts.list({ event: 'client/event', state: 'open' })).data).toEqual([]);
    await expect(lumaSync.conflicts.resolve(ingress.calendarId, 'ours')).rejects.toMatchObject({
      code: 'conflict.unknown',
    });
    expect((await lumaSync.messages.list({ personId: 'ana' })).data).toEqual([]);
    await expect(lumaSync.messages.settle(ingress.calendarId, true)).rejects.toMatchObject({ code: 'message.unknown' });
    expect((await lumaSync.webhookDeliveries.list({ state: 'failed' })).data).toEqual([]);
    await expect(lumaSync.webhookDeliveries.replay(ingress.calendarId)).rejects.toMatchObject({
      code: 'delivery.unknown',
    });
    const everybody = [];
    for await (const rsvp of lumaSync.rsvps.all('client/event')) everybody.push(rsvp.personId);
    expect(everybody).toEqual(['ana']);
    await expect(lumaSync.guests.pull('client/event')).rejects.toMatchObject({ status: 409, code: 'event.not_linked' });
    const pool = await lumaSync.couponPools.create({ name: 'Client', events: ['client/event'] });
    expect(await lumaSync.couponPools.import(pool.id, 'A1\n')).toEqual({
      imported: 1,
      duplicates: 0,
      resumed: 0,
      invalid: [],
    });
    expect((await lumaSync.couponPools.list())[0]?.counts.codes).toBe(1);
    const calendar = await lumaSync.calendars.create({ name: 'Client', kind: 'manual' });
    expect((await lumaSync.calendars.change(calendar.id, { name: 'Client 2' })).name).toBe('Client 2');
    await lumaSync.calendars.remove(calendar.id);
    expect(await lumaSync.calendars.testConnection(ingress.calendarId)).toEqual({ status: 'connected', reason: null });
    expect(await lumaSync.driftChecks.start()).toHaveLength(1);
    expect((await lumaSync.operations.list({ job: 'event.push' })).data).toHaveLength(1);
    const waiting = lumaSync.operations.wait(operation?.id ?? '', { limitMs: 1 });
    await expect(waiting).rejects.toBeInstanceOf(client.OperationPendingError);
    expect((await lumaSync.operations.discard(operation?.id ?? '', 'a test')).state).toBe('discarded');
    expect((await lumaSync.events.cancel('client/event')).event.approval).toBe('cancelled');
    expect((await lumaSync.events.remove('client/event')).operation).toBeNull();
    // No Luma stands behind this ingress.
    await expect(lumaSync.calendars.registerWebhook(ingress.calendarId)).rejects.toMatchObject({
      code: 'luma.unreachable',
    });
  });
});
