import { describe, expect, it } from '@jest/globals';
import { readRefusedFields } from './refused-fields.js';

describe('the fields that a refusal names', () => {
  it('are read line by line, with the path within and its first part', () => {
    const message =
      'Invalid request.\n- coordinate.latitude: Too big\n- meeting_url: Invalid URL: a@b.example\n- ' +
      'coordinate.longitude: Too small';
    expect(readRefusedFields(message, [])).toEqual([
      { name: 'coordinate', path: 'coordinate.latitude', message: 'Too big' },
      { name: 'meeting_url', path: 'meeting_url', message: 'Invalid URL: <mail>' },
      { name: 'coordinate', path: 'coordinate.longitude', message: 'Too small' },
    ]);
  });

  it('are told apart by their place in a list, however it is written', () => {
    const message = 'Invalid request.\n- guests.0.name: Too long\n- guests[12].email: Invalid';
    expect(readRefusedFields(message, []).map(({ name, path }) => [name, path])).toEqual([
      ['guests', 'guests.0.name'],
      ['guests', 'guests[12].email'],
    ]);
  });

  it.each([['This URL is already taken.'], ['Please provide an API key.'], ['- : x'], ['- 1: x'], ['-name: x'], ['']])(
    'are none in %p',
    (message) => {
      expect(readRefusedFields(message, [])).toEqual([]);
    },
  );

  it('are bounded', () => {
    const message = Array.from({ length: 1_000 }, (_, index) => `- field_${'x'.repeat(index + 1)}: bad`).join('\n');
    expect(readRefusedFields(message, []).length).toBeLessThanOrEqual(50);
  });
});
