/*
 * Texts are stored as they came. Some characters in them act on a terminal or turn the direction of a line, so that a
 * person reads something else than is there: C0 and C1 controls, line separators, marks and overrides of direction.
 * They are written out where a text is shown.
 */

const IN_TEXT = /(?![\n\t])[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;
const IN_LINE = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

const writeOut = (character: string): string => `\\u{${character.charCodeAt(0).toString(16)}}`;

/** For text of several lines: line feeds and tabs stay. */
export const toVisibleText = (text: string): string => text.replace(IN_TEXT, writeOut);

/** For a cell of a table, a subject, a heading: it stays one line. */
export const toVisibleLine = (text: string): string => text.replace(IN_LINE, writeOut);
