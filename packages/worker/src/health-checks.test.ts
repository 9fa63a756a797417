import { expect, it } from '@jest/globals';
import { PublicProblem } from '@luma-sync/runtime';
import { consumingCheck } from './health-checks.js';

it('a worker that takes no jobs says so at /readyz, in words', () => {
  const { consuming } = consumingCheck({ isConsuming: false });
  expect(() => consuming?.check()).toThrow(new PublicProblem('the worker takes no jobs'));
  expect(() => consuming?.check()).toThrow(PublicProblem);
});

it('a worker that takes jobs passes', () => {
  expect(() => consumingCheck({ isConsuming: true }).consuming?.check()).not.toThrow();
});
