import { describe, expect, it } from '@jest/globals';
import { agreedOn, anEvent } from '../../test/builders.js';
import { planEventMerge } from '../event/plan-merge.js';
import { openFields } from './read-before-write.js';

/** Luma shows no capacity of it. */
const known = agreedOn(anEvent());
const open = (event: ReturnType<typeof anEvent>, base: typeof known) =>
  openFields(event, planEventMerge(event, base, known.luma), known.luma, base);

describe('what is left to send after a look', () => {
  it.each([
    ['nothing, where both sides agree', anEvent(), known, {}],
    ['what we changed', anEvent({ revision: 2, title: 'New' }), known, { title: 'New' }],
    [
      'what was asked for and Luma does not show',
      anEvent({ capacity: 50 }),
      { ...known, asked: { capacity: 50 } },
      { capacity: 50 },
    ],
    [
      'what it was before, after something else was asked for',
      anEvent(),
      { ...known, asked: { capacity: 50 } },
      { capacity: 40 },
    ],
    [
      'the same, when that was asked for as well and nobody knows whether it came in',
      anEvent(),
      { ...known, asked: { capacity: 40 } },
      { capacity: 40 },
    ],
    ['nothing, when the event was made with it', anEvent(), { ours: known.ours, luma: {}, asked: known.ours }, {}],
  ])('%s', (_, event, base, send) => {
    expect(open(event, base)).toEqual(send);
  });
});
