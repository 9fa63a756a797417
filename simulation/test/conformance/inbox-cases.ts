import { beforeEach, describe, expect, it } from '@jest/globals';
import { CALENDAR, type OpenDriver, type StoreDriver } from './driver.js';

const LONG_AGO = new Date(Date.now() - 3_600_000);

/** What is kept of deliveries, and which of them a run applies beside its own. */
export function describeInbox(open: OpenDriver): void {
  describe('the inbox', () => {
    let driver: StoreDriver;
    const receive = (webhookId: string, over: { type?: string; recordKey?: string; signedAt?: Date } = {}) =>
      driver.receive({ webhookId, type: 'guest.updated', recordKey: 'evt-1', signedAt: LONG_AGO, ...over });
    const waiting = (limit = 10) =>
      driver.inbox.listWaiting({ calendarId: CALENDAR, recordKey: 'evt-1', types: ['guest.updated'], limit });
    const waitingIds = async (limit = 10) => (await waiting(limit)).map(({ id }) => id);

    beforeEach(async () => {
      driver = await open();
    });

    it('keeps each delivery once, and types that are not known without a run', async () => {
      const first = await receive('msg-1');
      expect(first.kind).toBe('accepted');
      expect(await receive('msg-1')).toMatchObject({ kind: 'duplicate' });
      expect(await receive('msg-2', { type: 'member.promoted' })).toMatchObject({ kind: 'ignored' });
      expect(await driver.countQueued('inbox.apply')).toBe(1);
      expect(await driver.inbox.find(first.deliveryId)).toMatchObject({ state: 'pending', signedAt: LONG_AGO });
      expect(await driver.inbox.find('00000000-0000-4000-8000-00000000dead')).toBeNull();
    });

    it('believes no moment of signing after the receipt', async () => {
      const { deliveryId } = await receive('msg-1', { signedAt: new Date(Date.now() + 3_600_000) });
      const found = await driver.inbox.find(deliveryId);
      expect(found?.signedAt).toEqual(found?.receivedAt);
    });

    it('lists what waits about one record, and ends it with the run that applied it', async () => {
      const own = await receive('msg-1');
      const other = await receive('msg-2');
      await receive('msg-3', { recordKey: 'evt-2' });
      await receive('msg-4', { type: 'event.updated' });
      expect((await waitingIds()).sort()).toEqual([own.deliveryId, other.deliveryId].sort());
      expect(await waitingIds(1)).toHaveLength(1);
      const along = (await waiting()).filter(({ id }) => id === other.deliveryId);
      const ending = { state: 'applied', note: null, along: along.map((of) => ({ ...of, applied: 'added' })) } as const;
      await driver.inbox.settle(driver.run, own.deliveryId, ending);
      expect(await waitingIds()).toEqual([]);
      expect(await driver.inbox.find(other.deliveryId)).toMatchObject({ state: 'applied' });
      expect(await driver.countQueued('inbox.apply')).toBe(3);
    });

    it('leaves waiting deliveries to their own runs', async () => {
      await receive('msg-1');
      await driver.inbox.excludeFromCoalescing(driver.run, {
        ...{ calendarId: CALENDAR, recordKey: 'evt-1', types: ['guest.updated'], limit: 10 },
      });
      expect(await waitingIds()).toEqual([]);
    });

    it('settles nothing for a run that has lost its operation', async () => {
      const { deliveryId } = await receive('msg-1');
      const lost = { ...driver.run, owner: 'another run' };
      const ending = { state: 'applied', note: null } as const;
      await expect(driver.inbox.settle(lost, deliveryId, ending)).rejects.toMatchObject({
        code: 'operation.lease_lost',
      });
      expect(await driver.inbox.find(deliveryId)).toMatchObject({ state: 'pending' });
    });
  });
}
