import { expect, it } from '@jest/globals';
import { isUuid } from './uuid.js';

it.each([
  ['0197d3a0-4b1c-7000-8000-00000000000a', true],
  ['0197D3A0-4B1C-7000-8000-00000000000A', true],
  ['', false],
  ['0197d3a0-4b1c-7000-8000-00000000000', false],
  ['0197d3a0-4b1c-7000-8000-00000000000aa', false],
  ['0197d3a04b1c70008000-00000000000a', false],
  ['------------------------------------', false],
  ['0197d3a0-4b1c-7000-8000-00000000000a\n', false],
])('%j has the form of an id: %s', (text, isId) => {
  expect(isUuid(text)).toBe(isId);
});
