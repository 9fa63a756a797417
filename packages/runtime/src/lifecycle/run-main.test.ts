import { describe, expect, it, jest } from '@jest/globals';
import { ConfigError } from '../config/config-error.js';
import { runMain } from './run-main.js';

describe('runMain', () => {
  it('prints every problem of the configuration and exits with 1', async () => {
    const write = jest.fn();
    const exit = jest.fn();
    const problems = [
      { variable: 'REDIS_URL', problem: 'is missing' },
      { variable: 'PORT', problem: 'must be a number' },
    ];
    await runMain('relay', () => Promise.reject(new ConfigError(problems)), { stderr: { write }, exit });
    expect(write).toHaveBeenCalledWith(
      'relay does not start: the configuration has 2 problems:\n  REDIS_URL is missing\n  PORT must be a number\n',
    );
    expect(exit).toHaveBeenCalledWith(1);
  });
});
