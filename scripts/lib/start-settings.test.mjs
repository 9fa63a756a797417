import { describe, expect, it } from '@jest/globals';
import { besideSimulator, toNoted } from './start-settings.mjs';

describe('what `npx luma-sync` beside `npm start` learns', () => {
  it('has each setting that was given in the shell, and no other variable', () => {
    const given = { REDIS_KEY_PREFIX: 'other', RETENTION_OPERATIONS_DAYS: '3', METRICS_TOKEN: '', HOME: '/home/x' };
    expect(toNoted({ PORT: '8081' }, given)).toEqual({
      REDIS_KEY_PREFIX: 'other',
      RETENTION_OPERATIONS_DAYS: '3',
      PORT: '8081',
    });
  });

  it('has what luma-sync runs with where that differs from what was given', () => {
    expect(toNoted({ LUMA_API_BASE_URL: 'http://127.0.0.1:1' }, { LUMA_API_BASE_URL: 'http://127.0.0.1:2' })).toEqual({
      LUMA_API_BASE_URL: 'http://127.0.0.1:1',
    });
  });
});

describe('beside the simulator', () => {
  const simulator = { url: 'http://127.0.0.1:1', mailboxUrl: 'http://127.0.0.1:2', apiKey: 'sim-1' };

  it('the sender that was given stays', () => {
    expect({ MAIL_FROM: 'Given <given@example.org>', ...besideSimulator(simulator) }).toEqual({
      MAIL_FROM: 'Given <given@example.org>',
      LUMA_API_KEY: 'sim-1',
      LUMA_API_BASE_URL: 'http://127.0.0.1:1',
      RESEND_BASE_URL: 'http://127.0.0.1:2',
      RESEND_API_KEY: 're_simulated',
    });
  });
});
