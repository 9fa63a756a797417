import { describe, expect, it } from '@jest/globals';
import { warnOfUntrustedProxy } from './untrusted-proxy.js';

function served(trustedProxies: number, forwardedFor: readonly (string | undefined)[]) {
  const warnings: string[] = [];
  let passed = 0;
  const quiet = () => {};
  const log = { debug: quiet, info: quiet, error: quiet, warn: (_: object, text: string) => void warnings.push(text) };
  const middleware = warnOfUntrustedProxy(trustedProxies, log);
  for (const header of forwardedFor) {
    middleware({ get: () => header }, {}, () => {
      passed += 1;
    });
  }
  return { warnings: warnings.length, passed };
}

describe('a proxy that TRUSTED_PROXIES does not name', () => {
  it('is told of once, and its requests are served', () => {
    expect(served(0, [undefined, '203.0.113.7', '203.0.113.8'])).toEqual({ warnings: 1, passed: 3 });
  });

  it.each([
    ['no proxy is there', 0, [undefined, undefined]],
    ['the proxy is known', 1, ['203.0.113.7']],
  ] as const)('is not told of when %s', (_, trusted, headers) => {
    expect(served(trusted, headers).warnings).toBe(0);
  });
});
