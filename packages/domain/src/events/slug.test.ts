import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { slugOfUrl, toSlug } from './slug.js';

const HASH = '0123456789abcdef';

describe('slug of an event', () => {
  it.each([
    ['Autumn Meetup', 'autumn-meetup-01234567'],
    ['  Grüße & Café! ', 'gru-e-cafe-01234567'],
    ['🎉🎉', 'event-01234567'],
    ['', 'event-01234567'],
    ['日本語', 'event-01234567'],
    ['---', 'event-01234567'],
    ['x'.repeat(200), `${'x'.repeat(41)}-01234567`],
    [`${'x'.repeat(40)} y`, `${'x'.repeat(40)}-01234567`],
  ])('%s', (title, slug) => {
    expect(toSlug(title, HASH)).toBe(slug);
  });

  it('fits what Luma allows, whatever the title, and is the same each time', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit: 'grapheme' }), fc.string({ minLength: 60, maxLength: 90 })),
        (title) => {
          const slug = toSlug(title, HASH);
          expect(slug).toMatch(/^[a-z0-9]+(?:-[a-z0-9]+)*$/);
          expect(slug.length).toBeGreaterThanOrEqual(3);
          expect(slug.length).toBeLessThanOrEqual(50);
          expect(toSlug(title, HASH)).toBe(slug);
        },
      ),
    );
  });

  it('keeps events of one title apart', () => {
    expect(toSlug('Meetup', 'aaaaaaaa')).not.toBe(toSlug('Meetup', 'bbbbbbbb'));
  });
});

describe('slug in a public address', () => {
  it.each([
    ['https://luma.com/abcd1234', 'abcd1234'],
    ['https://lu.ma/abcd1234/', 'abcd1234'],
    ['http://www.luma.com/a.b_c-d?utm=1#top', 'a.b_c-d'],
    ['  https://luma.com/abcd1234 ', 'abcd1234'],
    ['https://luma.com/', null],
    ['https://luma.com/a/b', null],
    ['https://luma.com.example.org/abcd', null],
    ['https://example.org/luma.com/abcd', null],
    ['abcd1234', null],
    ['', null],
  ])('%s', (url, slug) => {
    expect(slugOfUrl(url)).toBe(slug);
  });

  it('finds again what was made', () => {
    fc.assert(
      fc.property(fc.string(), (title) =>
        expect(slugOfUrl(`https://luma.com/${toSlug(title, HASH)}`)).toBe(toSlug(title, HASH)),
      ),
    );
  });
});
