import { expect, it } from '@jest/globals';
import { findAddresses } from './find-addresses.js';

it.each([
  ['{"user_email":"a@example.org","n":1}', ['a@example.org']],
  ['write to <b+x@example.org>, or c@example.org', ['b+x@example.org', 'c@example.org']],
  ['"j\u00fcrgen@d\u00f6m\u00e4in.example" twice: jürgen@dömäin.example', ['jürgen@dömäin.example']],
  ['@ a@ @b @@ "@"', []],
  ['', []],
])('finds the addresses in %s', (text, addresses) => {
  expect(findAddresses(text)).toEqual(addresses);
});

it.each(['a', '@', 'a@', 'a@a', '.', ' @'])('reads a megabyte of %s, and stops at its bound', (unit) => {
  const text = unit.repeat(1_000_000 / unit.length);
  expect(findAddresses(text).length).toBeLessThanOrEqual(500);
});
