/** What a text from outside is filled with: each class of character that some reading of ours treats in its own way. */
export const CHARACTER_CLASSES: Readonly<Record<string, string>> = {
  spaces: ' ',
  tabs: '\t',
  newlines: '\n',
  'carriage returns': '\r\n',
  letters: 'a',
  capitals: 'Ä',
  digits: '1',
  'spaced digits': '1 ',
  stars: '*',
  underscores: '_',
  'spaced underscores': '_ ',
  'open brackets': '[',
  'link ends': '](',
  'list marks': '- ',
  backslashes: '\\',
  backticks: '`',
  'angle brackets': '<',
  tags: '<p>',
  ampersands: '&',
  entities: '&amp;',
  quotes: '"',
  commas: ',',
  semicolons: ';',
  slashes: '/',
  dots: '.',
  hyphens: '-',
  equals: '=',
  'at signs': '@',
  addresses: 'a@b.',
  'open links': 'http://',
  links: 'http://a.b/c ',
  'link marks': '<http://a',
  'link texts': '[http://a',
  'one combining mark': '\u0301',
  'two combining marks': '\u0301\u0316',
  'combined letters': 'a\u0316\u0301',
  emoji: '😀',
  'joined emoji': '👩‍👩‍👧',
  'zero-width spaces': '\u200b',
  'byte order marks': '\ufeff',
  'bidirectional marks': '\u202e',
  'non-breaking spaces': '\u00a0',
  'surrogate halves': '\ud800',
  NUL: '\0',
  'Chinese characters': '一丁丂七丄丅丆万丈三上下丌不与丏丐丑丒专且丕世丗丘丙业丛东丝',
  mixed: 'a 1*_[](<&>)"\',;:/\\@.-\u0301\u0316😀\n\t',
};

/**
 * A text of one class, alone, and as the middle of a text that begins and ends otherwise: `a+$` is quick in the first
 * and slow in the second.
 */
export function fillText(unit: string, length: number): string {
  // Whole units: half of one may be read in quite another way.
  return `a${unit.repeat(Math.max(1, Math.floor(length / unit.length)))}x`;
}
