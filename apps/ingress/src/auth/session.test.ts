import { describe, expect, it } from '@jest/globals';
import { OperatorSessions } from './session.js';

const settings = { password: 'a good password', encryptionKey: 'k'.repeat(44) };
const tokenOf = (sessions: OperatorSessions): string => sessions.open(settings.password)?.token ?? '';

describe('operator sessions', () => {
  it('open with the password only', () => {
    const sessions = new OperatorSessions(settings);
    expect(sessions.open('a wrong password')).toBeNull();
    expect(sessions.open('')).toBeNull();
    expect(sessions.isValid(tokenOf(sessions))).toBe(true);
  });

  it('end after twelve hours', () => {
    let now = 0;
    const sessions = new OperatorSessions(settings, () => now);
    const token = tokenOf(sessions);
    now = 12 * 3_600_000 - 1;
    expect(sessions.isValid(token)).toBe(true);
    now += 1;
    expect(sessions.isValid(token)).toBe(false);
  });

  it('hold for another process with the same settings, not after password or key changed', () => {
    const token = tokenOf(new OperatorSessions(settings));
    expect(new OperatorSessions(settings).isValid(token)).toBe(true);
    expect(new OperatorSessions({ ...settings, password: 'new' }).isValid(token)).toBe(false);
    expect(new OperatorSessions({ ...settings, encryptionKey: 'new' }).isValid(token)).toBe(false);
  });

  it('cannot be prolonged or made up', () => {
    const sessions = new OperatorSessions(settings);
    const token = tokenOf(sessions);
    const [expires = '', nonce, signature] = token.split('.');
    expect(sessions.isValid(`${Number(expires) + 1}.${nonce}.${signature}`)).toBe(false);
    for (const text of ['', '.', '..', `${expires}.${nonce}.`, `${token}x`, token.slice(0, -1), 'null']) {
      expect(sessions.isValid(text)).toBe(false);
    }
  });
});
