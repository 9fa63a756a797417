import { expect, it } from '@jest/globals';
import { decideApproval } from './approval.js';

it.each([
  ['citizen', 'pending'],
  ['founder', 'approved'],
  ['admin', 'approved'],
  [null, 'approved'],
] as const)('an event of a host who is %s is %s', (role, approval) => {
  expect(decideApproval(role)).toBe(approval);
});
