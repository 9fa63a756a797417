import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import type { Problem } from '../http/problem.js';
import { type GivenOut, takeBack } from './take-back.js';

const fields = { title: z.string().max(5), text: z.string().max(5).optional() };
const bodyKnowing = (known: Record<string, unknown>) =>
  z.strictObject({
    ...fields,
    ...Object.fromEntries(Object.entries(known).map(([name, value]) => [name, z.unknown().transform(() => value)])),
  });
const given: GivenOut = {
  shown: { id: '1', revision: 3, title: 'Far too long', text: 'Long text' },
  known: { title: 'stored title', text: 'stored text' },
  fixed: ['id'],
};
const faultsOf = (body: unknown) => {
  try {
    takeBack(body, given, bodyKnowing);
    return [];
  } catch (error) {
    return (error as Problem).errors;
  }
};

describe('a body that repeats what was given out', () => {
  it('is taken as it was read', () => {
    expect(takeBack({ ...given.shown, revision: 1 }, given, bodyKnowing)).toEqual({
      title: 'stored title',
      text: 'stored text',
    });
  });

  it('is judged by what it changes', () => {
    expect(takeBack({ title: 'Far too long', text: 'New' }, given, bodyKnowing)).toEqual({
      title: 'stored title',
      text: 'New',
    });
    expect(faultsOf({ title: 'Far too long', text: 'New and long' })).toMatchObject([{ path: 'text' }]);
    expect(faultsOf({ title: 'Another long one', text: 'Long text' })).toMatchObject([{ path: 'title' }]);
  });

  it('changes nothing that cannot be changed, and invents no fields', () => {
    expect(faultsOf({ ...given.shown, id: '2' })).toMatchObject([{ path: 'id' }]);
    expect(faultsOf({ ...given.shown, other: 1 })).toMatchObject([{ path: 'other' }]);
  });
});
