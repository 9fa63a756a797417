import { expect, it } from '@jest/globals';
import { isPublicUrl } from './is-public-url.js';

it.each([
  ['https://sync.example.org', true],
  ['https://sync.example.org:8443/luma', true],
  ['http://sync.example.org', false],
  ['https://localhost:8080', false],
  ['https://sync', false],
  ['https://sync.local', false],
  ['https://sync.internal', false],
  ['https://10.0.0.7', false],
  ['https://[::1]:8080', false],
  ['nonsense', false],
])('%s counts as public: %p', (url, isPublic) => {
  expect(isPublicUrl(url)).toBe(isPublic);
});
