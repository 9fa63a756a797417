import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { throughLumaEditor } from './markdown.js';

describe('descriptions through Luma', () => {
  it.each([
    ['', ''],
    ['a\n\n---\n\nb', 'a\n\n***\n\nb'],
    ['* one\n* two', '- one\n- two'],
    ['see <https://example.org>', 'see [https://example.org](https://example.org/)'],
    ['[x](https://example.org/a b)', '[x](https://example.org/a b)'],
    ['[x](http://EXAMPLE.org)', '[x](http://example.org/)'],
    ['a  \r\nb\n', 'a\nb'],
    ['a\n\n\n\nb', 'a\n\n\u200b\n\nb'],
    ['__bold__ and *it*', '**bold** and *it*'],
  ])('%j comes back as %j', (sent, read) => {
    expect(throughLumaEditor(sent)).toBe(read);
  });

  it('sending back what was read changes nothing', () => {
    const pieces = fc.constantFrom(
      '\n',
      '\n\n\n',
      ' ',
      '---',
      '* ',
      '- ',
      '__',
      '_',
      '<https://a.b>',
      '](https://a.b)',
      '[x',
      '#',
      '\u200b',
      'word',
      '\t',
      '\r\n',
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(pieces, { maxLength: 30 }).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(text, (sent) => {
        const once = throughLumaEditor(sent);
        expect(throughLumaEditor(once)).toBe(once);
      }),
      { numRuns: 2_000 },
    );
  });
});
