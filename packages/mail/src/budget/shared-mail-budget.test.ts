import { beforeEach, describe, expect, it } from '@jest/globals';
import { OutcomeUnknownError, PermanentError, RetryAfterError } from '@luma-sync/jobs';
import { createSharedMailBudget, MAIL_SLOT_MS, type MailGate } from './shared-mail-budget.js';

const { signal } = new AbortController();
let said: unknown[];
let answer: Awaited<ReturnType<MailGate['acquire']>>;
const gate: MailGate = {
  acquire: async ({ signal: _signal, ...request }) => {
    said.push(request);
    return answer;
  },
  block: async (...args) => void said.push(['block', ...args]),
};
const budget = createSharedMailBudget(gate, 'mail:key');

beforeEach(() => {
  said = [];
  answer = {
    granted: true,
    slot: { settle: async () => void said.push('settle'), release: async () => void said.push('release') },
  };
});

const take = async () => {
  const leave = await budget.take(signal);
  said = [];
  return leave;
};

describe('the mail budget that all processes share', () => {
  it('asks for one slot of the account, held as long as a mail may be in flight', async () => {
    await budget.take(signal);
    expect(said).toEqual([
      { account: 'mail:key', method: 'write', priority: 'interactive', requestTimeoutMs: MAIL_SLOT_MS },
    ]);
  });

  it.each([
    ['an answer', undefined, ['settle']],
    ['a refusal of the mail', new PermanentError('mail.rejected', 'no'), ['settle']],
    ['no answer: the slot ages by itself', new OutcomeUnknownError('mail.outcome_unknown', 'no answer'), []],
    [
      'too many mails: nobody sends for as long',
      new RetryAfterError('mail.rate_limited', 'too many', { waitMs: 7_000 }),
      ['settle', ['block', 'mail:key', 7_000]],
    ],
  ])('ends a leave by how the asking ended: %s', async (_what, error, expected) => {
    await (await take()).end(error);
    expect(said).toEqual(expected);
  });

  it('gives back what was not used', async () => {
    await (await take()).release();
    expect(said).toEqual(['release']);
  });

  it.each([
    ['budget', 'mail.budget_spent'],
    ['cold-start', 'mail.budget_spent'],
    ['blocked', 'mail.rate_limited'],
  ])('sends a caller away who would have to wait: %s', async (reason, code) => {
    answer = { granted: false, retryAfterMs: 3_000, reason };
    await expect(budget.take(signal)).rejects.toMatchObject({ code, verdict: 'wait', waitMs: 3_000 });
  });
});
