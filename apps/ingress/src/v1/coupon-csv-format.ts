import { Problem } from '../http/problem.js';

/** How a file of codes is to be read, where the caller says so. */
export interface CouponCsvFormat {
  /** What divides the columns; `none`: each line is a code as it stands. */
  delimiter?: CouponCsvDelimiter | undefined;
  /** Whether the first line is a heading. */
  heading?: boolean | undefined;
}

const COUPON_CSV_DELIMITERS = { comma: ',', semicolon: ';', tab: '\t', pipe: '|', none: null } as const;
export type CouponCsvDelimiter = keyof typeof COUPON_CSV_DELIMITERS;

/** The signs that divide columns in exports. */
export const DELIMITER_SIGNS = [',', ';', '\t', '|'] as const;

/** What the first line of a file settles for all of it. */
export interface CouponCsvStart {
  /** Null: there is one column. */
  delimiter: string | null;
  /** Place of the column that holds the codes: the one whose heading says so, else the first. */
  column: number;
  /** Lines before the first code: a heading, or `sep=;` as spreadsheets write it. */
  skips: number;
  /** The first line that may be a code was neither known for a heading nor said to be none. */
  isHeadingOpen: boolean;
  /** Nobody said that there is one column, so a sign that divides columns elsewhere has to be asked about. */
  isDelimiterOpen: boolean;
}

/** A heading taken for a code would be mailed to somebody. */
const HEADING =
  /^(?:(?:coupon|promo|promotion|discount|voucher|gift|redemption|redeem)[ _-]?)?(?:codes?|links?|urls?)$|^(?:coupons?|vouchers?)$/i;

/** Decides once for the file, from its first two lines and from what the caller said. */
export function readCouponCsvStart(firstLines: readonly string[], said: CouponCsvFormat): CouponCsvStart {
  const separator = /^\ufeff?"?sep=(.)"?$/i.exec(firstLines[0] ?? '')?.[1];
  const skips = separator === undefined ? 0 : 1;
  const first = (firstLines[skips] ?? '').replace(/^\ufeff/, '');
  const known = DELIMITER_SIGNS.find((sign) => first.includes(sign) && first.split(sign).some(isHeading));
  const isKnownHeading = known !== undefined || isHeading(first);
  const isHeadingLine = said.heading ?? isKnownHeading;
  const delimiter = said.delimiter === undefined ? (separator ?? known ?? null) : COUPON_CSV_DELIMITERS[said.delimiter];
  // A tab is no part of a code.
  const decided = delimiter ?? (said.delimiter === undefined && first.includes('\t') ? '\t' : null);
  const named = decided === null || !isHeadingLine ? -1 : first.split(decided).findIndex(isHeading);
  return {
    delimiter: decided,
    column: Math.max(0, named),
    skips: skips + (isHeadingLine ? 1 : 0),
    isHeadingOpen: said.heading === undefined && !isKnownHeading,
    isDelimiterOpen: said.delimiter === undefined && separator === undefined && !isKnownHeading,
  };
}

const isHeading = (cell: string): boolean => HEADING.test(cell.trim().replace(/^"(.*)"$/, '$1'));

/**
 * @throws {Problem} `coupon_import.unclear` when the first line looks unlike all others, as a heading does, or a
 *   heading follows it.
 */
export function assertNoHeading(codes: readonly string[]): void {
  const [first, ...others] = codes;
  if (first === undefined) return;
  if (isHeading(others[0] ?? ''))
    throw unclear(
      'heading',
      'the second line looks like a heading: send it again without the first line, or with ?heading=false',
    );
  const hasSameLength = (code: string): boolean => code.length === others[0]?.length;
  const signs = [isAddress, hasDigit, isUpperCase, ...(others.length > 2 ? [hasSameLength] : [])];
  // Of a line that stands alone, a word in small letters may be either.
  const isUnlike =
    others.length === 0 ? signs.every((has) => !has(first)) : signs.some((has) => !has(first) && others.every(has));
  if (!isUnlike) return;
  throw unclear(
    'heading',
    'the first line looks like a heading: send it again with ?heading=true, or with ?heading=false',
  );
}

const isAddress = (code: string): boolean => /^https?:\/\//i.test(code);
const hasDigit = (code: string): boolean => /\p{N}/u.test(code);
const isUpperCase = (code: string): boolean => code === code.toUpperCase();

export const unclearDelimiter = (line: number, sign: string): Problem =>
  unclear(
    'delimiter',
    `line ${line} holds ${JSON.stringify(sign)}, and nothing tells whether it divides columns: send it again ` +
      'with ?delimiter=none, comma, semicolon, tab or pipe',
  );

const unclear = (path: string, message: string): Problem =>
  new Problem(422, 'coupon_import.unclear', 'nothing was imported: the file can be read in two ways', {
    errors: [{ path, message }],
  });
