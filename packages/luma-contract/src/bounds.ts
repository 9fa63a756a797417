/*
 * How much of anything Luma may send, in its answers and webhooks alike. Luma's own document bounds little, so most
 * figures are ours: far beyond what was ever seen, and what the database, the screen can bear. What is beyond costs
 * that field, or that record where the record cannot do without the field; it never costs the list. Addresses, moments
 * and counts have their bounds in tolerance.ts. docs/limits.md shows all of them.
 */

/** Where a bound comes from. */
export type BoundSource = 'document' | 'ours';

export interface TextBound {
  lengthMax: number;
  source: BoundSource;
  reason: string;
}

const ours = (lengthMax: number, reason: string): TextBound => ({ lengthMax, source: 'ours', reason });
const documented = (lengthMax: number, reason: string): TextBound => ({ lengthMax, source: 'document', reason });

const ID = ours(200, 'ids have some 20 characters');
const NAME = ours(5_000, 'a title of 403 characters was seen; the form at Luma shows some 100');
const LONG = ours(250_000, 'a description of 60,000 characters was seen');
const ADDRESS = ours(2_000, 'a place in one line');
const URL = ours(4_000, 'browsers and proxies go no further');
const WORD = ours(200, 'a word of a list');
const MOMENT = ours(40, 'ISO 8601 with a zone');

/** Longest text of each field, by its name. */
export const TEXT_BOUNDS: Readonly<Record<string, TextBound>> = {
  id: ID,
  api_id: ID,
  event_id: ID,
  event_api_id: ID,
  user_id: ID,
  user_api_id: ID,
  guest_id: ID,
  guest_api_id: ID,
  calendar_id: ID,
  calendar_api_id: ID,
  event_ticket_type_id: ID,
  event_ticket_type_api_id: ID,
  question_id: ID,
  name: NAME,
  user_name: NAME,
  user_first_name: NAME,
  user_last_name: NAME,
  first_name: NAME,
  last_name: NAME,
  host_name: NAME,
  label: NAME,
  title: NAME,
  description: LONG,
  description_md: LONG,
  address: ADDRESS,
  full_address: ADDRESS,
  city: ADDRESS,
  city_state: ADDRESS,
  region: ADDRESS,
  country: ADDRESS,
  url: URL,
  cover_url: URL,
  avatar_url: URL,
  meeting_url: URL,
  zoom_meeting_url: URL,
  upload_url: URL,
  file_url: URL,
  website: URL,
  check_in_qr_code: URL,
  phone_number: ours(100, 'E.164 has 15 digits'),
  code: ours(200, 'a coupon has 1 to 20 characters'),
  slug: documented(50, '`slug` has 3 to 50 characters'),
  currency: WORD,
  timezone: ours(100, 'the longest name of a zone has 32 characters'),
  type: WORD,
  status: WORD,
  approval_status: WORD,
  visibility: WORD,
  platform: WORD,
  question_type: WORD,
  utm_source: ADDRESS,
  next_cursor: ours(4_000, 'goes back to Luma as part of an address'),
  secret: ours(500, 'goes into a signature and a header'),
  cancellation_token: ours(4_000, 'goes back to Luma as it is'),
  start_at: MOMENT,
  end_at: MOMENT,
  created_at: MOMENT,
  registered_at: MOMENT,
  invited_at: MOMENT,
  joined_at: MOMENT,
  checked_in_at: MOMENT,
  valid_start_at: MOMENT,
  valid_end_at: MOMENT,
};

/** Any other text, such as an answer to a question of the registration. */
export const OTHER_TEXT_MAX = 20_000;

/** Larger numbers than JavaScript keeps apart. */
export const NUMBER_MAX = Number.MAX_SAFE_INTEGER;
/** Numbers of places, which `tolerance.ts` clips: a larger one says "no limit" either way. */
export const CLIPPED_NUMBERS: ReadonlySet<string> = new Set(['max_capacity', 'spots_remaining']);

export const LIST_BOUNDS: Readonly<Record<string, { itemsMax: number; reason: string }>> = {
  entries: { itemsMax: 10_000, reason: 'a page has 50 or 100' },
  ticket_types: { itemsMax: 10_000, reason: 'the same list in its old form' },
};
/** Hosts, tags, tickets, answers. The document allows 250 options for one question. */
export const OTHER_LIST_MAX = 2_000;
/** Fields of one record; some 40 were seen. */
export const FIELDS_MAX = 1_000;

/** A record nests 5 deep. Deeper values inside of one cost that value. */
export const DEPTH_MAX = 30;
/** A body that nests deeper is refused before it is parsed: the parser's own work and stack grow with the depth. */
export const BODY_DEPTH_MAX = 500;
/** Values in one webhook; some 200 were seen. An answer holds a whole page, and is bounded by its bytes. */
export const WEBHOOK_VALUES_MAX = 10_000;
