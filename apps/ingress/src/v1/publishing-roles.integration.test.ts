import { beforeAll, describe, expect, it } from '@jest/globals';
import { eventBody, openIngress, type TestIngress } from '../../test/open-ingress.js';

let ingress: TestIngress;
beforeAll(async () => {
  ingress = await openIngress();
});
const put = async (key: string, role: string | null | undefined, over = {}) =>
  (await ingress.call('PUT', `/v1/events/${key}`, { ...eventBody, host: { externalId: 'h', role }, ...over })).body
    .event;
const publish = (publishingRoles: unknown, id = ingress.calendarId) =>
  ingress.call('PATCH', `/v1/calendars/${id}`, { publishingRoles });

/** An app has roles of its own; which of them publish is a setting. */
describe('roles of hosts', () => {
  it('are any words of the app; of a new calendar only an admin publishes', async () => {
    expect((await ingress.call('GET', `/v1/calendars/${ingress.calendarId}`)).body.calendar.publishingRoles).toEqual([
      'admin',
    ]);
    expect(await put('by-member', 'member')).toMatchObject({ approval: 'pending', host: { role: 'member' } });
    expect(await put('by-admin', 'admin')).toMatchObject({ approval: 'approved', host: { role: 'admin' } });
  });

  it.each([[null], [undefined]])('may be left out: the app vouches for a new event (%s)', async (role) => {
    expect(await put(`by-${role}`, role)).toMatchObject({ approval: 'approved', host: { role: null } });
  });

  it('publish where the calendar that takes the event says so', async () => {
    await publish(['admin', 'founder']);
    expect((await put('by-founder', 'founder')).approval).toBe('approved');
    expect((await put('by-citizen', 'citizen')).approval).toBe('pending');
    const other = await ingress.call('POST', '/v1/calendars', { name: 'Other', kind: 'manual' });
    const calendarId = other.body.calendar.id;
    expect((await put('elsewhere', 'founder', { calendarId })).approval).toBe('pending');
    await publish([], calendarId);
    expect((await put('nobody', 'admin', { calendarId })).approval).toBe('pending');
    await publish(['founder'], calendarId);
    expect((await put('elsewhere', 'founder', { calendarId, title: 'Better' })).approval).toBe('approved');
  });

  it('that are left out let no event through that waits', async () => {
    await publish(['admin']);
    expect((await put('waiting', 'member')).approval).toBe('pending');
    expect((await put('waiting', null, { title: 'Other' })).approval).toBe('pending');
    expect((await put('waiting', 'admin', { title: 'Other still' })).approval).toBe('approved');
  });

  it.each([['founder'], [['']], [['x'.repeat(61)]], [Array.from({ length: 51 }, () => 'a')], [null]])(
    'in settings are at most 50 words (%j)',
    async (roles) => {
      expect(await publish(roles)).toMatchObject({ status: 422, body: { code: 'request.invalid' } });
    },
  );
});
