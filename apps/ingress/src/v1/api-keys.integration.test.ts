import { beforeAll, describe, expect, it } from '@jest/globals';
import { openIngress, type TestIngress } from '../../test/open-ingress.js';

let ingress: TestIngress;
beforeAll(async () => {
  ingress = await openIngress();
});

const make = (body: object, headers?: Record<string, string>) => ingress.call('POST', '/v1/api-keys', body, headers);
const callWith = (key: string) => ingress.call('GET', '/v1/events', undefined, { authorization: `Bearer ${key}` });

describe('/v1/api-keys', () => {
  it('makes a key that opens what it says, shows it once, and closes it', async () => {
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const made = await make({ name: 'shop', scopes: ['events:read'], calendarIds: [ingress.calendarId], expiresAt });
    expect(made).toMatchObject({
      status: 201,
      body: { apiKey: { name: 'shop', scopes: ['events:read'], calendarIds: [ingress.calendarId], expiresAt } },
    });
    const { key, apiKey } = made.body;
    expect(key).toMatch(/^lsk_\w{49}$/);
    expect((await callWith(key)).status).toBe(200);
    const listed = await ingress.call('GET', '/v1/api-keys');
    expect(listed.body.data.at(-1)).toMatchObject({ id: apiKey.id, prefix: key.slice(0, 12), revokedAt: null });
    expect(JSON.stringify(listed.body)).not.toContain(key);
    expect((await ingress.call('DELETE', `/v1/api-keys/${apiKey.id}`)).status).toBe(204);
    expect(await ingress.call('DELETE', `/v1/api-keys/${apiKey.id}`)).toMatchObject({
      status: 404,
      body: { code: 'api_key.unknown' },
    });
  });

  /** Guards against a key in clear in the table of answers that are kept for repeats. */
  it('keeps the key nowhere: a repeat with the same Idempotency-Key does not show it', async () => {
    const again = { 'idempotency-key': 'once' };
    const [first, second] = [
      await make({ name: 'a', scopes: ['read'] }, again),
      await make({ name: 'a', scopes: ['read'] }, again),
    ];
    expect(second.body).toEqual({ apiKey: first.body.apiKey, key: null });
    const rows = await ingress.db.$queryRaw<{ row: string }[]>`
      select to_jsonb(t)::text as row from idempotency_keys t union all select to_jsonb(t)::text from api_keys t
      union all select to_jsonb(t)::text from audit_log t`;
    expect(rows.map(({ row }) => row).join('\n')).not.toContain(first.body.key);
    expect(ingress.lines.join('\n')).not.toContain(first.body.key);
  });

  it.each(['bootstrap', 'luma-sync', 'Luma-Sync', 'LUMA', 'schedule', 'operator', 'cli'])(
    'refuses the name "%s": luma-sync acts under it',
    async (name) => {
      expect(await make({ name, scopes: ['read'] })).toMatchObject({
        status: 422,
        body: { code: 'api_key.name_reserved' },
      });
    },
  );

  it.each([
    ['an unknown scope', { name: 'x', scopes: ['root'] }],
    ['no scope', { name: 'x', scopes: [] }],
    ['an end in the past', { name: 'x', scopes: ['read'], expiresAt: '2020-01-01T00:00:00Z' }],
    ['no calendar where some are named', { name: 'x', scopes: ['read'], calendarIds: [] }],
    ['a calendar that is not there', { name: 'x', scopes: ['read'], calendarIds: [crypto.randomUUID()] }],
    ['a name of control characters', { name: 'a\u202eb', scopes: ['read'] }],
  ])('refuses %s', async (_, body) => {
    expect((await make(body)).status).toBe(422);
  });

  it('a key opens nothing after its end, however lately it was used', async () => {
    const key = await ingress.keyWith(['read'], { expiresAt: new Date(Date.now() + 3_600_000) });
    expect((await callWith(key)).status).toBe(200);
    await ingress.db.apiKey.updateMany({ where: { expiresAt: { not: null } }, data: { expiresAt: new Date(1) } });
    const fresh = await openIngressOn(ingress);
    expect((await fresh(key)).status).toBe(401);
  });
});

/** Another process on the same database, which has no key in memory. */
async function openIngressOn(first: TestIngress) {
  const other = await openIngress({ deps: { db: first.db } });
  return (key: string) => other.call('GET', '/v1/events', undefined, { authorization: `Bearer ${key}` });
}
