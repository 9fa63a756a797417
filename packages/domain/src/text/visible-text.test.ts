import { describe, expect, it } from '@jest/globals';
import { toVisibleLine, toVisibleText } from './visible-text.js';

describe('text that is shown', () => {
  it('has controls and marks of direction written out', () => {
    expect(toVisibleLine('a\u0000b\u001b[31m\u009b1m\u007f\u202ec\u2066\u200f')).toBe(
      'a\\u{0}b\\u{1b}[31m\\u{9b}1m\\u{7f}\\u{202e}c\\u{2066}\\u{200f}',
    );
    expect(toVisibleLine('two\nlines\u2028three')).toBe('two\\u{a}lines\\u{2028}three');
    expect(toVisibleText('two\nlines\tand\r')).toBe('two\nlines\tand\\u{d}');
  });

  it('is otherwise as it was', () => {
    for (const text of ['Ünïcode “quotes” 日本語', 'עברית', 'العربية', '👩‍👩‍👧 family', 'a\u0301', ''])
      expect([toVisibleLine(text), toVisibleText(text)]).toEqual([text, text]);
  });
});
