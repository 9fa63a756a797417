import { describe, expect, it } from '@jest/globals';
import { isSameOrigin } from './same-origin.js';

describe('isSameOrigin', () => {
  it.each([
    ['same-origin', undefined, true],
    ['none', undefined, true],
    ['same-site', 'https://sync.example.org', false],
    ['cross-site', 'https://sync.example.org', false],
    [undefined, 'https://sync.example.org', true],
    [undefined, 'http://127.0.0.1:8080', true],
    [undefined, 'https://evil.example.org', false],
    [undefined, 'null', false],
    [undefined, undefined, true],
  ])('site %s, origin %s: %s', (site, origin, expected) => {
    expect(isSameOrigin(site, origin, ['sync.example.org', '127.0.0.1:8080'])).toBe(expected);
  });
});
