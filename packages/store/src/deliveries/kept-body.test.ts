import { describe, expect, it } from '@jest/globals';
import { toKeptBody } from './kept-body.js';

describe('toKeptBody', () => {
  it('keeps the same JSON, with the characters themselves in place of escapes', () => {
    expect(toKeptBody('{"a": "j\\u00fcrgen@example.org", "n": 1.50}')).toBe('{"a":"jürgen@example.org","n":1.5}');
  });

  it('keeps escapes that Postgres needs: a NUL, and half of a surrogate pair', () => {
    expect(toKeptBody('["\\u0000", "\\ud800"]')).toBe('["\\u0000","\\ud800"]');
  });

  it.each([
    ['no JSON', 'pk=g-OpensTheDoor'],
    ['deeper than JSON can be written', `${'['.repeat(200_000)}"pk=g-OpensTheDoor"${']'.repeat(200_000)}`],
  ])('keeps nothing of what is %s', (_what, body) => {
    expect(toKeptBody(body)).toBe('null');
  });
});
