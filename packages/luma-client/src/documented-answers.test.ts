import { describe, expect, it } from '@jest/globals';
import { readJson } from '@luma-sync/luma-contract';
import { lumaFacts } from '@luma-sync/luma-facts';
import { arbitraryOf, chooseWhatIsTrue } from '@luma-sync/luma-facts/arbitrary';
import fc from 'fast-check';
import { createLumaApi } from './create-luma-client.js';
import { ENDPOINTS } from './endpoint.js';
import type { CallOptions, LumaApi, Reading } from './luma-api.js';

const call: CallOptions = { signal: new AbortController().signal, priority: 'sync' };
const COUPON = { code: 'HELLO', discount: { discount_type: 'percent' as const, percent_off: 50 } };
const EVENT = { name: 'A', start_at: '2027-01-01T10:00:00.000Z', timezone: 'UTC' };

/**
 * One call for each endpoint whose answer the document describes. Those of the document of August are not among its
 * facts.
 */
const CALLS: Partial<Record<keyof typeof ENDPOINTS, (api: LumaApi) => Promise<unknown>>> = {
  getSelf: (api) => api.getSelf(call),
  getCalendar: (api) => api.getCalendar(call),
  getEvent: (api) => api.getEvent('evt-1', call),
  listEvents: (api) => api.listEvents({}, call),
  createEvent: (api) => api.createEvent(EVENT, call),
  updateEvent: (api) => api.updateEvent('evt-1', {}, { suppressNotifications: true }, call),
  requestCancellation: (api) => api.requestCancellation('evt-1', call),
  cancelEvent: (api) => api.cancelEvent('evt-1', { token: 't' }, { notifiesEveryGuest: true }, call),
  createImageUploadUrl: (api) => api.createImageUploadUrl('image/png', call),
  getGuest: (api) => api.getGuest('evt-1', 'gst-1', call),
  listGuests: (api) => api.listGuests({ event_id: 'evt-1' }, call),
  addGuests: (api) => api.addGuests('evt-1', { guests: [] }, { sendEmail: false }, call),
  updateGuestStatus: (api) =>
    api.updateGuestStatus('evt-1', { guest_id: 'gst-1', status: 'approved' }, { sendEmail: false }, call),
  listTicketTypes: (api) => api.listTicketTypes('evt-1', call),
  listEventCoupons: (api) => api.listEventCoupons('evt-1', {}, call),
  createEventCoupon: (api) => api.createEventCoupon('evt-1', COUPON, call),
  updateEventCoupon: (api) => api.updateEventCoupon('evt-1', { code: 'HELLO' }, call),
  listCalendarCoupons: (api) => api.listCalendarCoupons({}, call),
  createCalendarCoupon: (api) => api.createCalendarCoupon(COUPON, call),
  updateCalendarCoupon: (api) => api.updateCalendarCoupon({ code: 'HELLO' }, call),
  listEventTags: (api) => api.listEventTags(call),
  createEventTag: (api) => api.createEventTag('Music', call),
  applyEventTag: (api) => api.applyEventTag('Music', 'evt-1', call),
  unapplyEventTag: (api) => api.unapplyEventTag('Music', 'evt-1', call),
  listContacts: (api) => api.listContacts({}, call),
  listWebhooks: (api) => api.listWebhooks({}, call),
  getWebhook: (api) => api.getWebhook('whk-1', call),
  createWebhook: (api) => api.createWebhook({ url: 'https://example.org', eventTypes: ['*'] }, call),
  updateWebhook: (api) => api.updateWebhook('whk-1', { status: 'paused' }, call),
  deleteWebhook: (api) => api.deleteWebhook('whk-1', call),
};

const facts = lumaFacts();
const documented = Object.entries(ENDPOINTS).flatMap(([name, { method, path }]) => {
  const shape = facts.get(`${method} ${path} answer`);
  return shape === undefined ? [] : [{ name: name as keyof typeof ENDPOINTS, shape }];
});

describe('an answer that the document allows', () => {
  it.each(documented)('is read by $name, with nothing odd about it', async ({ name, shape }) => {
    const request = CALLS[name];
    if (request === undefined) throw new Error(`no call for ${name}`);
    await fc.assert(
      fc.asyncProperty(arbitraryOf(shape, { choose: chooseWhatIsTrue }), async (answer) => {
        const readings: Reading[] = [];
        const transport = {
          waitForSlot: async () => {},
          call: async () => readJson(JSON.stringify(answer)),
          upload: async () => {},
          close: () => {},
        };
        await request(createLumaApi(transport, async (reading) => void readings.push(reading)));
        expect(readings.flatMap(({ odd }) => odd)).toEqual([]);
      }),
      { numRuns: 50, seed: 20_260_613 },
    );
  });

  it('is looked at for every endpoint but those of a later document', () => {
    const later = Object.keys(ENDPOINTS).filter((name) => !documented.some((one) => one.name === name));
    expect(later).toEqual(['lookupEntity', 'lookupCalendarEvent', 'addEventToCalendar']);
  });
});
