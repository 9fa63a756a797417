import { describe, expect, it } from '@jest/globals';
import { OperatorSessions } from './session.js';

const settings = { password: 'a good password', encryptionKey: 'k'.repeat(44) };
const tokenOf = (sessions: OperatorSessions): string => sessions.open(settings.password)?.token ?? '';

describe('operator sessions', () => {
  it('open with the password only', () => {
    const sessions = new OperatorSessions(settings);
    expect(sessions.open('a wrong password')).toBeNull();
    expect(sessions.open('')).toBeNull();
    expect(sessions.verify(tokenOf(sessions))).not.toBeNull();
  });

  it('end after twelve hours', () => {
    let now = 0;
    const sessions = new OperatorSessions(settings, () => now);
    const token = tokenOf(sessions);
    now = 12 * 3_600_000 - 1;
    expect(sessions.verify(token)).toMatchObject({ expiresAt: new Date(12 * 3_600_000) });
    now += 1;
    expect(sessions.verify(token)).toBeNull();
  });

  it('hold for another process with the same settings, not after password or key changed', () => {
    const token = tokenOf(new OperatorSessions(settings));
    expect(new OperatorSessions(settings).verify(token)).not.toBeNull();
    expect(new OperatorSessions({ ...settings, password: 'new' }).verify(token)).toBeNull();
    expect(new OperatorSessions({ ...settings, encryptionKey: 'new' }).verify(token)).toBeNull();
  });

  it('each have a name of their own, which does not open them', () => {
    const sessions = new OperatorSessions(settings);
    const [first, second] = [tokenOf(sessions), tokenOf(sessions)];
    const hash = sessions.verify(first)?.hash ?? '';
    expect(sessions.verify(second)?.hash).not.toBe(hash);
    expect(first).not.toContain(hash);
    expect(sessions.verify(hash)).toBeNull();
  });

  it('cannot be prolonged or made up', () => {
    const sessions = new OperatorSessions(settings);
    const token = tokenOf(sessions);
    const [expires = '', nonce, signature] = token.split('.');
    expect(sessions.verify(`${Number(expires) + 1}.${nonce}.${signature}`)).toBeNull();
    for (const text of ['', '.', '..', `${expires}.${nonce}.`, `${token}x`, token.slice(0, -1), 'null']) {
      expect(sessions.verify(text)).toBeNull();
    }
  });
});
