import { describe, expect, it } from '@jest/globals';
import { signWebhook } from '@luma-sync/luma-contract';
import type { NewDelivery } from '@luma-sync/store';
import { type IncomingWebhook, type ReceiveDeps, receiveWebhook } from './receive-webhook.js';
import { toAnswer } from './to-answer.js';

const now = new Date('2027-01-05T18:00:00Z');
const secret = 'whsec_current';
const good = '{"type":"event.updated","data":{"id":"evt-1"}}';

function world(over: Partial<ReceiveDeps> = {}) {
  const stored: NewDelivery[] = [];
  const deps: ReceiveDeps = {
    findCalendarId: async (key) => key,
    findSecrets: async () => [secret, 'whsec_previous'],
    storeDelivery: async (delivery) => {
      stored.push(delivery);
      return { kind: delivery.isKnown ? 'accepted' : 'ignored', deliveryId: 'd1' };
    },
    toleranceSeconds: 600,
    answerWithinMs: 1_000,
    now: () => now,
    ...over,
  };
  const receive = async (
    body: string | Uint8Array,
    { at = now, by = secret, ...rest }: Partial<IncomingWebhook> & { at?: Date; by?: string } = {},
  ) => {
    const rawBody = Buffer.from(body as string);
    const signature = signWebhook({ secret: by, rawBody, timestampSeconds: Math.floor(at.getTime() / 1_000) });
    const outcome = await receiveWebhook({ calendarKey: 'cal', rawBody, signature, webhookId: 'wh-1', ...rest }, deps);
    return { ...outcome, status: toAnswer(outcome).status };
  };
  return { stored, receive };
}

describe('receiveWebhook', () => {
  it('keeps a good delivery with its record, its id and the moment it was signed', async () => {
    const { stored, receive } = world();
    expect(await receive(good)).toMatchObject({ kind: 'accepted', status: 200 });
    expect(stored).toEqual([
      {
        calendarId: 'cal',
        webhookId: 'wh-1',
        type: 'event.updated',
        rawBody: good,
        signedAt: now,
        recordKey: 'evt-1',
        isKnown: true,
      },
    ]);
  });

  it('accepts the previous secret while secrets are exchanged', async () => {
    expect(await world().receive(good, { by: 'whsec_previous' })).toMatchObject({ status: 200 });
  });

  it.each([
    ['no signature', { signature: undefined }],
    ['a signature of another calendar', { by: 'whsec_foreign' }],
    ['a garbled signature', { signature: 't=1,v1=xyz' }],
    ['one signed 601 s ago', { at: new Date(now.getTime() - 601_000) }],
    ['one signed 601 s ahead', { at: new Date(now.getTime() + 601_000) }],
  ])('refuses %s and stores nothing', async (_what, over) => {
    const { stored, receive } = world();
    expect(await receive(good, over)).toMatchObject({ kind: 'unverified', status: 401 });
    expect(stored).toEqual([]);
  });

  it('refuses everything for a calendar without a secret', async () => {
    expect(await world({ findSecrets: async () => [] }).receive(good)).toMatchObject({ status: 401 });
  });

  it.each([
    ['no JSON', '{"type":'],
    ['nothing', ''],
    ['JSON without a type', '{"data":{}}'],
    ['a type that is no text', '{"type":7,"data":{}}'],
    ['a type no database keeps', '{"type":"a\\u0000b","data":{}}'],
    ['bytes that are no UTF-8', Uint8Array.of(0x7b, 0xff, 0x7d)],
  ])('a signed body that holds %s is malformed', async (_what, body) => {
    const { stored, receive } = world();
    expect(await receive(body)).toMatchObject({ kind: 'malformed', status: 400 });
    expect(stored).toEqual([]);
  });

  it('keeps a type nobody reads, and one whose data nobody can read', async () => {
    const { stored, receive } = world();
    expect(await receive('{"type":"calendar.renamed","data":{}}')).toMatchObject({ kind: 'ignored', status: 200 });
    expect(await receive('{"type":"guest.updated","data":[1,2]}')).toMatchObject({ kind: 'accepted', status: 200 });
    expect(stored.map(({ isKnown, recordKey }) => [isKnown, recordKey])).toEqual([
      [false, null],
      [true, null],
    ]);
  });

  it('knows a repeat by an id that is too long to be kept', async () => {
    const { stored, receive } = world();
    for (const end of ['a', 'a', 'b']) await receive(good, { webhookId: 'x'.repeat(300) + end });
    const ids = stored.map(({ webhookId }) => webhookId);
    expect(ids[0]).toBe(ids[1]);
    expect(ids[2]).not.toBe(ids[0]);
    expect(Math.max(...ids.map((id) => id.length))).toBeLessThanOrEqual(200);
  });

  it.each([undefined, '', ' '])('gives each delivery without a usable id (%s) one of its own', async (webhookId) => {
    const { stored, receive } = world();
    await receive(good, { webhookId });
    await receive(good, { webhookId });
    expect(new Set(stored.map((delivery) => delivery.webhookId)).size).toBe(2);
  });

  it('asks for it again when the database is away, refuses or is too slow', async () => {
    const failing = async () => {
      throw new Error('connect ECONNREFUSED');
    };
    expect(await world({ findSecrets: failing }).receive(good)).toMatchObject({ kind: 'unavailable', status: 503 });
    expect(await world({ storeDelivery: failing }).receive(good)).toMatchObject({ status: 503 });
    const never = () => new Promise<never>(() => {});
    expect(await world({ storeDelivery: never, answerWithinMs: 5 }).receive(good)).toMatchObject({
      status: 503,
      cause: 'timeout',
    });
  });
});
