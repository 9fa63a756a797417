import { parseUrl, toNormalForm, trimEndOf, withoutInvisible } from '../text/linear.js';

/*
 * Two writings of one text. Luma rewrites what it is sent, and people's editors write the same Markdown in different
 * ways: none of that is a change of the text.
 */

/** Nothing, however it is written: null, blank, or the literal `N/A` that Luma shows for places (docs/luma-api.md). */
export function emptyToNull(text: string | null): string | null {
  return text === null || text.trim() === '' || text.trim() === 'N/A' ? null : text;
}

/** One line: blanks at the ends, runs of them, and signs that cannot be seen say nothing. */
export function isSameLine(a: string | null, b: string | null): boolean {
  return toLine(a) === toLine(b);
}

function toLine(text: string | null): string | null {
  const known = emptyToNull(text === null ? null : withoutInvisible(text));
  return known === null ? null : toNormalForm(known, 'NFC').replace(/\s+/g, ' ').trim();
}

export function isSameMarkdown(a: string | null, b: string | null): boolean {
  return a === b || toPlainMarkdown(a) === toPlainMarkdown(b);
}

/**
 * Markdown in one of its writings: the marks Luma's editor is known to choose (`- ` for lists, `***` for rules, `**`
 * for bold, links with a text), no zero-width characters, no trailing blanks, one blank line between paragraphs.
 * Applying it again changes nothing.
 */
export function toPlainMarkdown(text: string | null): string | null {
  const lines = toNormalForm(emptyToNull(text) ?? '', 'NFC')
    .replace(/[\u200B\uFEFF]/g, '')
    .replace(/\r\n?/g, '\n')
    .split('\n')
    .map(toPlainLine);
  return emptyToNull(
    lines
      .join('\n')
      .replace(/\n{3,}/g, '\n\n')
      .trim(),
  );
}

function toPlainLine(line: string): string {
  const text = trimEndOf(line, ' \t');
  if (isRule(text)) return '***';
  return text
    .replace(/^(\s*)[*+-] +(?=\S)/, '$1- ')
    .replace(/__(?=\S)([^_]+)__/g, '**$1**')
    .replace(/<(https?:\/\/[^\s<>()[\]]+)>/g, '[$1]($1)')
    .replace(/\]\((https?:\/\/[^\s()]+)\)/g, (_match, url: string) => `](${toPlainUrl(url)})`)
    .replace(/\[(https?:\/\/[^\s\][]+)\]\(/g, (_match, url: string) => `[${toPlainUrl(url)}](`);
}

/** Three or more of one mark, with spaces between them. */
function isRule(line: string): boolean {
  const marks = line.replaceAll(' ', '');
  const isIndented = line.startsWith('    ');
  return !isIndented && /^(?:-{3,}|_{3,}|\*{3,})$/.test(marks);
}

export function isSameUrl(a: string | null, b: string | null): boolean {
  const [one, other] = [emptyToNull(a), emptyToNull(b)];
  return one === other || (one !== null && other !== null && toPlainUrl(one.trim()) === toPlainUrl(other.trim()));
}

/** As a URL parser prints it. */
function toPlainUrl(url: string): string {
  return parseUrl(url)?.href ?? url;
}

/**
 * Whether one text is the other after an editor went over it: the same words in the same order and the same links,
 * whatever marks stand between them and however often a link is written out. Another address behind the same words is
 * another text: somebody set a link right.
 */
export function hasSameWords(a: string | null, b: string | null): boolean {
  if (normalizeWords(a) !== normalizeWords(b)) return false;
  const [some, others] = [toLinks(a), toLinks(b)];
  return some.size === others.size && [...some].every((link) => others.has(link));
}

const LINK = /https?:\/\/[^\s<>()[\]]+/gi;
const NOT_AT_THE_END = '.,;:!?\'"*_\u200B\uFEFF';

/**
 * Every address in a text, once, as a browser reads it; what ends a sentence is not part of one, nor is what escapes a
 * mark.
 */
function toLinks(text: string | null): Set<string> {
  const found = (text ?? '').match(LINK) ?? [];
  return new Set(found.map((link) => toPlainUrl(trimEndOf(link.replaceAll('\\', ''), NOT_AT_THE_END))));
}

const PLACE_MAX = 4_000;

/** Whether a place is shown with more than was asked for: a city or a country behind the street. */
export function holdsWords(whole: string | null, part: string | null): boolean {
  const words = normalizeWords(part);
  const all = normalizeWords(whole);
  // Looking for one text within another takes quadratic time at worst, and no place is that long.
  if (words === '' || all.length > PLACE_MAX) return all === words;
  return all.includes(words);
}

function normalizeWords(text: string | null): string {
  return toNormalForm(emptyToNull(text) ?? '', 'NFKC')
    .toLowerCase()
    .replace(LINK, '')
    .replace(/[^\p{L}\p{N}]/gu, '');
}
