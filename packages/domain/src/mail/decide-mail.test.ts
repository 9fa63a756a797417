import { describe, expect, it } from '@jest/globals';
import { decideMail, type MailCase } from './decide-mail.js';

const on = (change: Partial<MailCase> = {}): MailCase => ({
  setting: { name: 'mailOnUpdate', isOn: true },
  never: null,
  recipients: 50,
  isSumOfCommands: false,
  ...change,
});
const permit = (left: number) => ({ id: 'p', left, actor: 'ann' });
const limit = 50;

describe('whether Luma may mail people', () => {
  it.each([
    ['as many as need no word', on(), null, true, null],
    ['one more, and nobody said their number', on({ recipients: 51 }), null, false, null],
    ['one more, and somebody did', on({ recipients: 51 }), permit(51), true, 'p'],
    ['one more than somebody said', on({ recipients: 52 }), permit(51), false, null],
    ['a word is not used where none is needed', on(), permit(51), true, null],
    [
      'a setting that is off is not overruled by a word',
      on({ setting: { name: 'mailOnUpdate', isOn: false } }),
      permit(99),
      false,
      null,
    ],
    ['a repeat never, whatever was said', on({ recipients: 1, never: 'a repeat' }), permit(99), false, null],
    [
      'people who answered since, one by one, beside those who were named',
      on({ recipients: 101, isSumOfCommands: true }),
      permit(51),
      true,
      'p',
    ],
    ['too many who answered since', on({ recipients: 102, isSumOfCommands: true }), permit(51), false, null],
    ['everybody who is told of their own answer', on({ recipients: 500, isOwnAnswer: true }), null, true, null],
    [
      'nobody of them where the setting is off',
      on({ setting: { name: 'mailOnRsvp', isOn: false }, isOwnAnswer: true }),
      null,
      false,
      null,
    ],
    ['a limit of none asks for every word', on({ recipients: 1 }), null, false, null, 0],
  ])('%s', (_, asked, word, allowed, permitId, of = limit) => {
    expect(decideMail(asked, { limit: of as number, permit: word })).toMatchObject({
      allowed,
      permitId,
      recipients: asked.recipients,
    });
  });

  it('says why in words that name the setting, the number and who said it', () => {
    expect(decideMail(on({ recipients: 1 }), { limit, permit: null }).reason).toBe(
      'Luma may mail 1 person: the calendar lets it (mailOnUpdate), and up to 50 need no confirmation.',
    );
    expect(decideMail(on({ recipients: 60 }), { limit, permit: permit(60) }).reason).toContain('60 people');
    expect(decideMail(on({ recipients: 60 }), { limit, permit: permit(60) }).reason).toContain('ann confirmed');
    expect(decideMail(on({ recipients: 60 }), { limit, permit: permit(59) }).reason).toBe(
      'No mail: 60 people would be mailed at once, more than 50, and ann confirmed 59.',
    );
  });
});
