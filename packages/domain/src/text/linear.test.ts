import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isSameMarkdown, isSameUrl, toPlainMarkdown } from '../events/same-text.js';
import { parseUrl, toNormalForm, trimEndOf } from './linear.js';

describe('toNormalForm', () => {
  it('is what normalize gives, for every text with at most 30 marks on a letter', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(toNormalForm(text, 'NFC')).toBe(text.normalize('NFC'));
        expect(toNormalForm(text, 'NFKD')).toBe(text.normalize('NFKD'));
      }),
    );
    const thirty = `a${'\u0301\u0316'.repeat(15)}b`;
    expect(toNormalForm(thirty, 'NFC')).toBe(thirty.normalize('NFC'));
  });

  it('changes nothing when it is applied again, however many marks there are', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', '\u0301', '\u0316', '\u034f'), { maxLength: 300 }), (parts) => {
        const once = toNormalForm(parts.join(''), 'NFC');
        expect(toNormalForm(once, 'NFC')).toBe(once);
      }),
    );
  });
});

describe('trimEndOf', () => {
  it('takes away what it is told, at the end alone', () => {
    expect(trimEndOf('  a \t b \t ', ' \t')).toBe('  a \t b');
    expect(trimEndOf('   ', ' ')).toBe('');
    expect(trimEndOf('', ' ')).toBe('');
  });
});

describe('parseUrl', () => {
  it('parses an address as the platform does', () => {
    expect(parseUrl('HTTP://Bücher.example:80/ä')?.href).toBe('http://xn--bcher-kva.example/%C3%A4');
    expect(parseUrl('no address')).toBeNull();
  });

  it('parses an address the same way however often it did so before', () => {
    let refused = 0;
    for (let call = 0; call < 50_000; call += 1) if (parseUrl('http://bücher.example/') === null) refused += 1;
    expect(refused).toBe(0);
  });

  it.each([
    ['a host', `http://${'ü'.repeat(401)}.example/`],
    ['a host behind backslashes and tabs', `http:\\\t\\${'ü'.repeat(401)}.example/`],
    ['an address', `http://example.org/${'a'.repeat(8_192)}`],
  ])('takes %s that is too long for one that leads anywhere for no address', (_what, text) => {
    expect(parseUrl(text)).toBeNull();
  });

  it('two addresses that are too long to be parsed are compared as they are', () => {
    const long = `http://${'ü'.repeat(500)}.example/`;
    expect(isSameUrl(long, long)).toBe(true);
    expect(isSameUrl(long, `${long}a`)).toBe(false);
  });
});

describe('the plain form of Markdown', () => {
  it.each([
    ['---', '***'],
    ['   - - -', '***'],
    ['_ _ _ _', '***'],
    ['** **', '***'],
    ['- -', '- -'],
    ['*-*-*', '*-*-*'],
    ['    ---', '---'],
  ])('reads %p as %p', (text, plain) => {
    expect(toPlainMarkdown(text)).toBe(plain);
  });

  it('has no blanks at the end of a line, however many there were', () => {
    expect(isSameMarkdown(`a${' '.repeat(50_000)}\nb`, 'a\nb')).toBe(true);
    expect(isSameMarkdown(`a${' '.repeat(50_000)}x`, 'ax')).toBe(false);
  });
});
