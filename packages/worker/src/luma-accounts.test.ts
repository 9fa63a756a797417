import { describe, expect, it } from '@jest/globals';
import type { SlotGate } from '@luma-sync/luma-client';
import { type Database, openKeyring, placeOf } from '@luma-sync/store';
import { createLumaAccounts } from './luma-accounts.js';

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
