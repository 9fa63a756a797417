/* Coupon pools. */

export interface CouponPoolInput {
  name: string;
  /** The app's ids of the events whose guests get a code; at least one. */
  events: string[];
  calendarId?: string;
}

export interface CouponPool {
  id: string;
  name: string;
  calendarId: string | null;
  events: string[];
  counts: { codes: number; available: number; assigned: number; mailed: number; notMailed: number; waiting: number };
  createdAt: string;
}

/** How a file of codes is to be read. Without them a heading, or a first line `sep=;`, has to tell. */
export interface CouponImportOptions {
  /** What divides the columns; `none`: each line is a code as it stands. */
  delimiter?: 'comma' | 'semicolon' | 'tab' | 'pipe' | 'none' | undefined;
  /** Whether the first line is a heading. */
  heading?: boolean | undefined;
}

export interface CouponImport {
  imported: number;
  duplicates: number;
  /** Events whose guests had waited for codes of the pool; a guest pull of each serves them. */
  resumed: number;
  invalid: { line: number; reason: string }[];
}
