import { expect, it } from '@jest/globals';
import { decideApproval, PUBLISHING_ROLES } from './approval.js';

it.each([
  ['member', PUBLISHING_ROLES, 'pending'],
  ['admin', PUBLISHING_ROLES, 'approved'],
  ['Admin', PUBLISHING_ROLES, 'pending'],
  [null, PUBLISHING_ROLES, 'approved'],
  ['founder', ['admin', 'founder'], 'approved'],
  ['citizen', ['admin', 'founder'], 'pending'],
  ['admin', [], 'pending'],
  [null, [], 'approved'],
] as const)('an event of a host who is %s, where %j publish, is %s', (role, publishing, approval) => {
  expect(decideApproval(role, publishing)).toBe(approval);
});
