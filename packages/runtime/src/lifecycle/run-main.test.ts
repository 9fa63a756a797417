import { describe, expect, it, jest } from '@jest/globals';
import { ConfigError } from '../config/config-error.js';
import { runMain } from './run-main.js';

describe('runMain', () => {
  it('prints every problem of the configuration and exits with 1', async () => {
    const write = jest.fn();
    const exit = jest.fn();
    const problems = [
      { variable: 'REDIS_URL', problem: 'is missing: such as redis://user:password@host' },
      { variable: 'PORT', problem: 'must be a number' },
    ];
    await runMain('relay', () => Promise.reject(new ConfigError(problems)), { stderr: { write }, exit });
    expect(write).toHaveBeenCalledWith(
      'relay does not start: the configuration has 2 problems:\n  REDIS_URL is missing: such as ' +
        'redis://user:password@host\n  PORT must be a number\n',
    );
    expect(exit).toHaveBeenCalledWith(1);
  });

  it.each([
    ['EADDRINUSE', 'PORT 8080 is in use by another process; choose another one'],
    ['EACCES', 'PORT 8080 may not be opened by this user; choose one above 1023'],
  ])('says in words why it cannot listen (%s)', async (code, words) => {
    const write = jest.fn();
    const error = Object.assign(new Error('listen'), { code, syscall: 'listen', port: 8080 });
    await runMain('relay', () => Promise.reject(error), { stderr: { write }, exit: () => {} });
    expect(write).toHaveBeenCalledWith(`relay does not start: ${words}\n`);
  });

  it('keeps secrets of an error that nobody thought of to itself', async () => {
    const write = jest.fn();
    await runMain('relay', () => Promise.reject(new Error('no answer from redis://u:hunter2@host')), {
      stderr: { write },
      exit: () => {},
    });
    expect(write).toHaveBeenCalledWith(expect.stringMatching(/^relay does not start: Error: no answer/));
    expect(JSON.stringify(write.mock.calls)).not.toContain('hunter2');
  });
});
