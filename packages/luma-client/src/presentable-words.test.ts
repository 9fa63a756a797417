import { describe, expect, it } from '@jest/globals';
import { toPresentableWords } from './presentable-words.js';

describe('toPresentableWords', () => {
  it('hides addresses, secrets, keys and numbers, and keeps the rest', () => {
    const words = 'no guest a.b@example.org,  key-1 whsec_abc g-abcdef12 pk=xyz +49 171 5550001';
    expect(toPresentableWords(words, ['key-1'])).toBe(
      'no guest <mail>, <secret> <secret> <guest key> pk=<guest key> <number>',
    );
  });

  it('shows 300 characters at most', () => {
    expect(toPresentableWords('word '.repeat(200_000), [])).toHaveLength(301);
  });

  it('shows no half of an address or a key that stands where a long text is cut', () => {
    for (let before = 3_400; before < 4_100; before += 7) {
      const text =
        `${'a@b.example '.repeat(before / 12)}${'x'.repeat(before % 12)} secret-name@private.example ` +
        `${'y '.repeat(500)}`;
      const shown = toPresentableWords(text.replaceAll('a@b.example', 'p'.repeat(20) + '@b.example'), []);
      expect(shown).not.toContain('secret-');
      expect(shown).not.toContain('private');
    }
  });

  it('shows nothing of a long text without any space', () => {
    expect(toPresentableWords('x'.repeat(100_000), [])).toBe('');
  });
});
