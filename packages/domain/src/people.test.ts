import { expect, it } from '@jest/globals';
import { normalizeEmail } from './people.js';

it.each([
  [' A.B@Example.ORG ', 'a.b@example.org'],
  ['a+b@example.org', 'a+b@example.org'],
])('T44 stores %j as %s', (email, normal) => {
  expect(normalizeEmail(email)).toBe(normal);
});
