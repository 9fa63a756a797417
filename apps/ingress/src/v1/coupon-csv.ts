import { parse } from 'csv-parse/sync';
import { Problem } from '../http/problem.js';

export interface ReadCodes {
  codes: string[];
  /** Lines that hold no usable code; line 1 is the first of the file. */
  invalid: { line: number; reason: string }[];
}

const CODE_MAX = 100;
/** More than any pool needs, and a bound for one statement's work. */
const CODES_MAX = 100_000;
/** A file in the wrong format is wrong on every line: so many of them tell. */
const INVALID_MAX = 1_000;

/**
 * Reads coupon codes, one in the first column of each line. A first line that says `code`, or `coupon code` and the like, is a heading; further
 * columns are ignored, as exports bring them along.
 *
 * @throws {Problem} 422 `coupon_import.unreadable` for bytes that are no CSV in UTF-8, or too many lines.
 */
export function readCouponCsv(bytes: Buffer): ReadCodes {
  const rows = parseRows(bytes);
  const result: ReadCodes = { codes: [], invalid: [] };
  for (const [index, { record, line }] of rows.entries()) {
    const code = record[0]?.trim() ?? '';
    if (index === 0 && HEADING.test(code)) continue;
    const reason = findFault(code);
    if (reason === null) result.codes.push(code);
    else if (result.invalid.length < INVALID_MAX) result.invalid.push({ line, reason });
  }
  return result;
}

/** A heading taken for a code would be mailed to somebody. */
const HEADING = /^((coupon|promo|discount|voucher)[ _-]?)?codes?$|^(coupons?|vouchers?)$/i;

function findFault(code: string): string | null {
  if (code === '') return 'the first column is empty';
  if ([...code].length > CODE_MAX) return `longer than ${CODE_MAX} characters`;
  // Letters, marks, digits, punctuation, symbols and plain spaces; nothing that cannot be seen.
  if (!/^[\p{L}\p{M}\p{N}\p{P}\p{S} ]+$/u.test(code)) return 'holds a character that cannot be printed';
  return null;
}

function parseRows(bytes: Buffer): { record: string[]; line: number }[] {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const rows = parse(text, {
      bom: true,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
      max_record_size: 10_000,
      // Of records: a limit of lines would leave the end of a file with empty lines unread, without a word.
      to: CODES_MAX + 1,
      delimiter: [',', ';', '\t'],
    }) as unknown as { record: string[]; info: { lines: number } }[];
    if (rows.length > CODES_MAX) throw unreadable(`more than ${CODES_MAX} lines`);
    return rows.map(({ record, info }) => ({ record, line: info.lines }));
  } catch (error) {
    if (error instanceof Problem) throw error;
    // The parser's own message may quote a line.
    throw unreadable('it cannot be read as CSV in UTF-8');
  }
}

const unreadable = (why: string): Problem =>
  new Problem(422, 'coupon_import.unreadable', `the file was not imported: ${why}`);
