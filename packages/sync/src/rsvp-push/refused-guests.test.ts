import { describe, expect, it } from '@jest/globals';
import { FieldsRefusedError, PermanentError } from '@luma-sync/jobs';
import { findRefusedGuests } from './refused-guests.js';

const refusal = (...paths: string[]) =>
  new FieldsRefusedError(
    'luma.rejected',
    'refused',
    paths.map((path) => ({ name: 'guests', path, message: `${path} is bad` })),
  );
const found = (error: PermanentError) => {
  const { names, guests } = findRefusedGuests(error, 5);
  return { names: [...names.keys()], guests: [...guests.keys()] };
};

describe('a refusal of guests', () => {
  it.each([
    [['guests.1.name', 'guests[2].name'], { names: [1, 2], guests: [] }],
    [['guests.1.email', 'guests[3]'], { names: [], guests: [1, 3] }],
    // Without their name they could not be added either.
    [['guests.1.name', 'guests.1.email'], { names: [], guests: [1] }],
    [['guests', 'guests.5.name', 'guests.x.name', 'approval_status'], { names: [], guests: [] }],
  ])('that names %j', (paths, expected) => {
    expect(found(refusal(...paths))).toEqual(expected);
  });

  it('that names nobody says nothing of anybody', () => {
    expect(found(new PermanentError('luma.rejected', 'guests.1.name is bad'))).toEqual({ names: [], guests: [] });
  });
});
