import { describe, expect, it } from '@jest/globals';
import { isEmail, normalizeEmail, spellingsOf } from './email.js';

describe('normalizeEmail', () => {
  it.each([
    [' A.B@Example.ORG ', 'a.b@example.org'],
    ['a+b@example.org', 'a+b@example.org'],
    ['second@dömäin.example', 'second@xn--dmin-moa0i.example'],
    ['second@XN--DMIN-MOA0I.example', 'second@xn--dmin-moa0i.example'],
    ['second@do\u0308ma\u0308in.example', 'second@xn--dmin-moa0i.example'],
    ['a@ＥＸＡＭＰＬＥ。org', 'a@example.org'],
    ['a@straße.example', 'a@xn--strae-oqa.example'],
    ['a@example.org.', 'a@example.org'],
    ['ju\u0308rgen@example.org', 'jürgen@example.org'],
    ['JÜRGEN@example.org', 'jürgen@example.org'],
    ['\ufeffa\u200b@example.org\u200b', 'a@example.org'],
    ['\u202aa@example.org\u202c', 'a@example.org'],
    ['a@xn--zzzzzzzz.example', 'a@xn--zzzzzzzz.example'],
    ['nobody', 'nobody'],
  ])('T44 stores %j as %s, and that as itself', (email, normal) => {
    expect(normalizeEmail(email)).toBe(normal);
    expect(normalizeEmail(normal)).toBe(normal);
  });

  it('reads a host of any length in linear time', () => {
    expect(normalizeEmail(`a@${'ü'.repeat(100_000)}`)).toHaveLength(100_002);
  });
});

describe('spellingsOf', () => {
  it.each([
    ['second@dömäin.example', ['second@xn--dmin-moa0i.example', 'second@dömäin.example']],
    ['a@example.org', ['a@example.org']],
    ['nobody', ['nobody']],
    ['a@xn--zzzzzzzz.example', ['a@xn--zzzzzzzz.example']],
  ])('of %s', (email, spellings) => {
    expect(spellingsOf(email)).toEqual(spellings);
  });
});

describe('isEmail', () => {
  it.each([
    ['a&b@example.org'],
    ['user/dept@example.org'],
    ['jürgen@example.org'],
    ['user@example.xn--p1ai'],
    ['user@пример.рф'],
    ["o'neil+x@mail.example.co.uk"],
    ['{a}=%25^`|~!#$*?@example.org'],
    ['.first@example.org'],
    ['taro..yamada.@docomo.example'],
    ['a@my_host.example'],
    ['1@1.example'],
    [`${'a'.repeat(64)}@example.org`],
  ])('takes %s', (email) => {
    expect(isEmail(normalizeEmail(email))).toBe(true);
  });

  it.each([
    [''],
    ['a'],
    ['@example.org'],
    ['a@'],
    ['a@example'],
    ['a@b@example.org'],
    ['a b@example.org'],
    ['a@exa mple.org'],
    ['a,b@example.org'],
    ['a;b@example.org'],
    ['A <a@example.org>'],
    ['a@example..org'],
    ['a@.example.org'],
    ['a@-example.org'],
    ['a\u0000b@example.org'],
    ['a@[127.0.0.1]'],
    [`a@${'b'.repeat(64)}.example`],
    [`a@${'b.'.repeat(160)}example`],
  ])('does not take %j', (email) => {
    expect(isEmail(normalizeEmail(email))).toBe(false);
  });
});
