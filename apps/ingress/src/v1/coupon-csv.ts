import { setImmediate } from 'node:timers/promises';
import { parse } from 'csv-parse';
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

/** A code has 100 characters; further columns may describe it. */
const ROW_LENGTH_MAX = 10_000;
/** So much is read at once, a few milliseconds of work; other requests are served in between. */
const PIECE_BYTES = 4 * 1024;
/** The parser bounds the texts of a row and not its columns: a row has ended after so many bytes, or a quotation mark is missing. */
const ROW_BYTES_MAX = 8 * PIECE_BYTES;

/**
 * Reads coupon codes, one in the first column of each line. A first line that says `code`, or `coupon code` and the like, is a heading; further
 * columns are ignored, as exports bring them along. The event loop is free between pieces of the file.
 *
 * @throws {Problem} 422 `coupon_import.unreadable` for bytes that are no CSV in UTF-8, a line that is too long, or too many lines.
 */
export async function readCouponCsv(bytes: Buffer): Promise<ReadCodes> {
  const result: ReadCodes = { codes: [], invalid: [] };
  let rows = 0;
  await parsePieces(bytes, ({ record, info }) => {
    rows += 1;
    if (rows > CODES_MAX) throw unreadable(`more than ${CODES_MAX} lines`);
    const code = record[0]?.trim() ?? '';
    if (rows === 1 && HEADING.test(code)) return;
    const reason = findFault(code);
    if (reason === null) result.codes.push(code);
    else if (result.invalid.length < INVALID_MAX) result.invalid.push({ line: info.lines, reason });
  });
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

interface Row {
  record: string[];
  info: { lines: number };
}

async function parsePieces(bytes: Buffer, onRow: (row: Row) => void): Promise<void> {
  const parser = parse({
    bom: true,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    trim: true,
    max_record_size: ROW_LENGTH_MAX,
    delimiter: [',', ';', '\t'],
  });
  // Listening makes the parser hand out its rows as it reads them; what goes wrong ends the reading.
  let fault: { thrown: unknown } | null = null;
  parser.on('error', (thrown) => {
    fault ??= { thrown };
  });
  parser.on('data', (row: Row) => {
    try {
      if (fault === null) onRow(row);
    } catch (thrown) {
      fault = { thrown };
    }
  });
  const ended = new Promise<void>((resolve) => parser.once('close', resolve));
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let last = { rows: 0, lines: 1, at: 0 };
  try {
    for (let from = 0; from < bytes.length && fault === null; from += PIECE_BYTES) {
      const end = from + PIECE_BYTES;
      parser.write(decoder.decode(bytes.subarray(from, end), { stream: end < bytes.length }));
      await setImmediate();
      const { records, empty_lines: emptyLines, lines } = parser.info;
      if (records + emptyLines > last.rows) last = { rows: records + emptyLines, lines, at: end };
      else if (end - last.at > ROW_BYTES_MAX)
        throw unreadable(`line ${last.lines} is too long, or a quotation mark in it has no second one`);
    }
    if (fault === null) parser.end();
    else parser.destroy();
    await ended;
  } catch (thrown) {
    fault ??= { thrown };
    parser.destroy();
  }
  if (fault !== null) throw toUnreadable((fault as { thrown: unknown }).thrown);
}

/** The parser's own message may quote a line. */
function toUnreadable(thrown: unknown): Problem {
  return thrown instanceof Problem ? thrown : unreadable('it cannot be read as CSV in UTF-8');
}

const unreadable = (why: string): Problem =>
  new Problem(422, 'coupon_import.unreadable', `the file was not imported: ${why}`);
