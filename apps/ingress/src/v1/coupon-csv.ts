import { setImmediate } from 'node:timers/promises';
import { CsvError, parse } from 'csv-parse';
import { Problem } from '../http/problem.js';
import {
  assertNoHeading,
  type CouponCsvFormat,
  type CouponCsvStart,
  DELIMITER_SIGNS,
  readCouponCsvStart,
  unclearDelimiter,
} from './coupon-csv-format.js';

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
/**
 * The parser bounds the texts of a row and not its columns: a row has ended after so many bytes, or a quotation mark is
 * missing.
 */
const ROW_BYTES_MAX = 8 * PIECE_BYTES;

/**
 * Reads coupon codes, one of each line: in the column whose heading says `code`, `link` and the like, else in the
 * first. What divides columns, and whether the first line is a heading, is decided once for the file: by what the
 * caller says, by `sep=;`, or by a heading that says `code`, `link` and the like. Where nothing tells, nothing is
 * guessed. Further columns are ignored, as exports bring them along. The event loop is free between pieces of the file.
 *
 * @throws {Problem} 422 `coupon_import.unreadable` for bytes that are no CSV in UTF-8, a line that is too long, or too
 *   many lines; `coupon_import.unclear` for a file that can be read in two ways.
 */
export async function readCouponCsv(bytes: Buffer, format: CouponCsvFormat = {}): Promise<ReadCodes> {
  const result: ReadCodes = { codes: [], invalid: [] };
  const start = readCouponCsvStart(firstLinesOf(bytes), format);
  let rows = 0;
  await parsePieces(bytes, start.delimiter, ({ record, info }) => {
    rows += 1;
    if (rows > CODES_MAX) throw unreadable(`more than ${CODES_MAX} lines`);
    if (rows <= start.skips) return;
    const { code, reason } = readRow(record, info.lines, start, format);
    if (reason === null) result.codes.push(code);
    else if (result.invalid.length < INVALID_MAX) result.invalid.push({ line: info.lines, reason });
  });
  if (start.isHeadingOpen) assertNoHeading(result.codes);
  return result;
}

const FIRST_LINES_BYTES = 16 * 1024;

/** The first two lines that hold anything. */
function firstLinesOf(bytes: Buffer): string[] {
  const text = bytes.subarray(0, FIRST_LINES_BYTES).toString('utf8');
  return text
    .split(/\r\n?|\n/, 50)
    .filter((line) => line.trim() !== '')
    .map((line) => line.trim())
    .slice(0, 2);
}

/**
 * Where there is one column, no code is cut: an address may hold any sign, and a sign in anything else is asked about
 * or shown.
 */
function readRow(
  record: string[],
  line: number,
  { delimiter, column, isDelimiterOpen }: CouponCsvStart,
  { delimiter: said }: CouponCsvFormat,
): { code: string; reason: string | null } {
  const code = record[column]?.trim() ?? '';
  const sign =
    delimiter === null && said === undefined ? DELIMITER_SIGNS.find((each) => code.includes(each)) : undefined;
  if (sign !== undefined && code.split(sign)[0]?.trim() === '') return { code, reason: findFault('') };
  if (sign !== undefined && !/^https?:\/\/\S+$/i.test(code)) {
    if (isDelimiterOpen) throw unclearDelimiter(line, sign);
    return { code, reason: `holds ${JSON.stringify(sign)}, but the heading names one column` };
  }
  return { code, reason: record.length > 1 && delimiter === null ? NOT_PRINTABLE : findFault(code) };
}

const NOT_PRINTABLE = 'holds a character that cannot be printed';

function findFault(code: string): string | null {
  if (code === '') return 'the line holds no code';
  if ([...code].length > CODE_MAX) return `longer than ${CODE_MAX} characters`;
  // Letters, marks, digits, punctuation, symbols and plain spaces; nothing that cannot be seen.
  if (!/^[\p{L}\p{M}\p{N}\p{P}\p{S} ]+$/u.test(code)) return NOT_PRINTABLE;
  return null;
}

interface Row {
  record: string[];
  info: { lines: number };
}

/** The parser wants a sign that divides columns; this one is in no text. */
const NO_DELIMITER = '\u001f';

async function parsePieces(bytes: Buffer, delimiter: string | null, onRow: (row: Row) => void): Promise<void> {
  const parser = parse({
    bom: true,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    trim: true,
    // All of them: the parser else takes the first one it meets for the only one.
    record_delimiter: ['\r\n', '\n', '\r'],
    max_record_size: ROW_LENGTH_MAX,
    delimiter: delimiter ?? NO_DELIMITER,
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
  if (thrown instanceof Problem) return thrown;
  if (thrown instanceof CsvError && typeof thrown.lines === 'number') {
    const isLong = thrown.code === 'CSV_MAX_RECORD_SIZE';
    return unreadable(`line ${thrown.lines} ${isLong ? 'is too long' : 'has a quotation mark that divides nothing'}`);
  }
  return unreadable('it cannot be read as CSV in UTF-8');
}

const unreadable = (why: string): Problem =>
  new Problem(422, 'coupon_import.unreadable', `the file was not imported: ${why}`);
