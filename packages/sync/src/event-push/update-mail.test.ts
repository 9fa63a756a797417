import { describe, expect, it } from '@jest/globals';
import type { Base, EventState } from '@luma-sync/domain';
import { agreedOn, anEvent } from '../../test/builders.js';
import { decideUpdateMail } from './update-mail.js';

const base = agreedOn(anEvent());
const address = 'Street 2';
const underWay = { said: { address }, until: '2030-01-01T00:00:10.000Z' };

/** Ten guests, and a calendar that lets all of them be mailed. */
const decide = (send: Partial<EventState>, known: Base<EventState> | null) =>
  decideUpdateMail(
    send,
    known,
    anEvent({ revision: 2 }),
    { calendarId: 'ca', mailOnUpdate: true },
    {
      mailGuard: {
        countGuestsToTell: async () => 10,
        findAllowance: async () => ({ limit: 50, permit: null }),
        note: async () => {},
        giveBack: async () => {},
      },
    },
  );

describe('whether Luma may mail guests about an update', () => {
  it.each<[string, Partial<EventState>, Base<EventState> | null, boolean | undefined]>([
    ['an edit of the app', { address }, base, true],
    ['nothing Luma mails about', { description: 'New' }, base, undefined],
    ['what follows a create', { address }, null, false],
    ['the same again', { address }, { ...base, asked: { address } }, false],
    ['what a request said that may still come in', { address }, { ...base, underWay }, false],
    ['something else than was asked for', { address }, { ...base, asked: { address: 'Street 3' } }, true],
    ["a host's word that a late request of ours replaced", { address }, { ...base, taken: { address } }, false],
    ["a host's word beside one of the app's", { address, title: 'New' }, { ...base, taken: { address } }, true],
    ['what the app has said since', { address }, { ...base, taken: { address: 'Street 3' } }, true],
  ])('%s', async (_, send, known, isAllowed) => {
    expect((await decide(send, known))?.allowed).toBe(isAllowed);
  });
});
