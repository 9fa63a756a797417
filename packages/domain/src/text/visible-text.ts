/*
 * Texts are stored as they came. Some characters in them act on a terminal or turn the direction of a line, so that a person reads something else
 * than is there: C0 and C1 controls, line separators, marks and overrides of direction. They are written out where a text is shown.
 */

const IN_TEXT = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
const IN_LINE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

const writeOut = (character: string): string => `\\u{${character.charCodeAt(0).toString(16)}}`;

/** For text of several lines: line feeds and tabs stay. */
export const toVisibleText = (text: string): string => text.replace(IN_TEXT, writeOut);

/** For a cell of a table, a subject, a heading: it stays one line. */
export const toVisibleLine = (text: string): string => text.replace(IN_LINE, writeOut);
