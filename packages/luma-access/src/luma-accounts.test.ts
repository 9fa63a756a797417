import { describe, expect, it } from '@jest/globals';
import type { SlotGate } from '@luma-sync/luma-client';
import { type Database, openKeyring, placeOf } from '@luma-sync/store';
import { createLumaAccounts, toHeldMs } from './luma-accounts.js';

const keyring = openKeyring(Buffer.alloc(32, 1).toString('base64'));
const others = openKeyring(Buffer.alloc(32, 2).toString('base64'));

describe('createLumaAccounts', () => {
  it('lets work wait, without using it up, while ENCRYPTION_KEY does not open the calendar’s key', async () => {
    const row = {
      id: 'c',
      kind: 'luma',
      apiKeyCipher: others.encrypt('luma-key', placeOf('c', 'apiKeyCipher')),
    };
    const db = { calendar: { findUnique: async () => row } } as unknown as Database;
    const log = { warn() {}, info() {} };
    const accounts = createLumaAccounts({ db, keyring, slots: {} as SlotGate, baseUrl: 'http://127.0.0.1:1', log });
    const opening = accounts.open('c');
    await expect(opening).rejects.toMatchObject({ code: 'calendar.secret_unreadable', verdict: 'wait' });
    await expect(opening).rejects.not.toThrow(/luma-key/);
  });

  it('uses no key that opens another calendar at Luma: everything of ours would look deleted there', async () => {
    const row = {
      id: 'c',
      kind: 'luma',
      status: 'ok',
      syncEnabled: true,
      apiKeyCipher: keyring.encrypt('luma-key', placeOf('c', 'apiKeyCipher')),
      apiKeyFingerprint: 'f',
      lumaCalendarId: 'cal-ours',
      keyLumaCalendarId: 'cal-theirs',
    };
    const db = { calendar: { findUnique: async () => row } } as unknown as Database;
    const log = { warn() {}, info() {} };
    const accounts = createLumaAccounts({ db, keyring, slots: {} as SlotGate, baseUrl: 'http://127.0.0.1:1', log });
    await expect(accounts.open('c')).rejects.toMatchObject({
      code: 'calendar.auth_failed',
      verdict: 'wait',
      scope: 'account',
    });
  });
});

describe('operations of a calendar that is refused or paused', () => {
  it('come back twice a minute in all, however many there are, and each of them within ten minutes', () => {
    const middle = () => 0.5;
    expect([0, 1, 2].map((count) => toHeldMs(count, middle))).toEqual([60_000, 60_000, 60_000]);
    for (const count of [3, 10, 20]) expect(count / toHeldMs(count, middle)).toBeCloseTo(2 / 60_000, 9);
    for (const random of [() => 0, () => 0.999]) expect(toHeldMs(1_000, random)).toBe(600_000);
  });
});
