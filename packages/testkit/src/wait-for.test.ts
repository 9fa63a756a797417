import { describe, expect, it } from '@jest/globals';
import { waitFor } from './wait-for.js';

describe('waitFor', () => {
  it('gives the first value that is there, throws included in the waiting', async () => {
    const answers = [
      () => null,
      () => {
        throw new Error('not yet');
      },
      () => 0,
    ];
    expect(await waitFor(() => answers.shift()?.(), { what: 'a number' })).toBe(0);
  });

  it('says what it waited for and what it saw last', async () => {
    const failing = waitFor(() => Promise.reject(new Error('connection refused')), { what: 'the server', limitMs: 30 });
    await expect(failing).rejects.toThrow('waited 30 ms for the server; last seen: Error: connection refused');
  });
});
