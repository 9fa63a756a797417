import { describe, expect, it } from '@jest/globals';
import { KNOWN_WEBHOOK_TYPES } from '@luma-sync/luma-contract';
import { searchDatabase } from '@luma-sync/testkit';
import { openSyncWorld } from '../../test/sync-world.js';

const KEY = 'g-MarkerThatOpensTheDoor';
const CODE = `https://luma.com/check-in/evt-1?pk=${KEY}`;

describe('the key in a check-in code', () => {
  it('is in no column of any table, whatever brought it: webhooks of every type, pulls, pushes', async () => {
    const world = await openSyncWorld();
    const { eventId, lumaEventId } = await world.publishEvent('e1');
    await world.putRsvp('e1', 'asha', 'going');
    await world.drain();
    world.sim.control.registerGuests(lumaEventId, {
      guests: [{ email: 'g1@example.org', name: 'G1' }],
      isCheckedIn: true,
    });
    const keys = world.announced().flatMap(({ body }) => body.match(/(?<=pk=)[\w-]+/g) ?? []);
    expect(keys.length).toBeGreaterThan(0);
    await world.deliver(world.announced());
    await world.deliver(world.announced().map(({ body }) => ({ body: withMarker(body) })));
    await world.deliver(
      KNOWN_WEBHOOK_TYPES.map((type) => ({ body: JSON.stringify({ type, data: oddGuest(lumaEventId) }) })),
    );
    await world.deliver([{ body: JSON.stringify({ type: 'guest.renamed', data: oddGuest(lumaEventId) }) }]);
    await world.enqueue('guest.pull', { eventId, assignCoupons: true, sendEmails: true, approvalStatus: null });
    await world.enqueue('calendar.pull', { calendarId: world.calendarId });
    await world.enqueue('event.pull', { eventId });
    await world.enqueue('drift.check', { calendarId: world.calendarId });
    await world.drain();
    const rows = await world.db.webhookDelivery.findMany();
    expect(rows.filter(({ state }) => state === 'applied').length).toBeGreaterThan(0);
    expect(await searchDatabase(world.dbUrl, [KEY, ...new Set(keys)])).toEqual([]);
  });
});

/** The same delivery with the marker for the guest's key. */
const withMarker = (body: string): string => body.replace(/(?<=pk=)[\w-]+/g, KEY);

/** The key in every place where Luma's documents, of both generations, allow it. */
const oddGuest = (lumaEventId: string) => ({
  id: 'gst-odd',
  api_id: 'gst-odd',
  event: { id: lumaEventId },
  user_email: 'odd@example.org',
  approval_status: 'approved',
  check_in_qr_code: CODE,
  proxy_key: KEY,
  registration_answers: [{ question_id: 'q1', label: 'Code?', question_type: 'text', value: `It is ${CODE}` }],
  event_tickets: [{ id: 'tkt-1', name: 'Standard', check_in_qr_code: CODE }],
  guest: { api_id: 'gst-odd', check_in_qr_code: CODE },
});
