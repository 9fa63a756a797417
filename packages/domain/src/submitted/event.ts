/*
 * An app submits its whole event, again and again. A body is compared with the last submitted body, not with our row,
 * which a host may have changed at Luma meanwhile: only a difference to the app's own last body is an edit of the
 * app's.
 */

/** The columns that an app's body decides. */
export const SUBMITTED_COLUMNS = [
  'title',
  'descriptionMd',
  'startsAt',
  'endsAt',
  'timezone',
  'locationType',
  'locationName',
  'locationAddress',
  'locationLat',
  'locationLng',
  'meetingUrl',
  'coverUrl',
  'visibility',
  'capacity',
  'tags',
  'calendarId',
  'organizationId',
] as const;

type Column = (typeof SUBMITTED_COLUMNS)[number];
type Value = string | number | readonly string[] | Date | null;
type SubmittedColumns = { readonly [C in Column]: Value };
type Json = string | number | string[] | null;

/** The app's last body, by column, as JSON. */
export type Submitted = { [C in Column]?: unknown };

/** Columns that make sense together only: when the app changes one, all are as it submits them. */
const PLACE: readonly Column[] = ['locationType', 'locationName', 'locationAddress', 'locationLat', 'locationLng'];
const TIME: readonly Column[] = ['startsAt', 'endsAt', 'timezone'];

const unitOf = (column: Column): readonly Column[] => [PLACE, TIME].find((unit) => unit.includes(column)) ?? [column];

/** What is kept of a body. */
export const toSubmitted = (body: SubmittedColumns): { [C in Column]: Json } =>
  Object.fromEntries(SUBMITTED_COLUMNS.map((column) => [column, toJson(body[column])])) as { [C in Column]: Json };

/** Whether the app submitted the very same before. */
export const isSubmitted = (last: unknown, body: SubmittedColumns): boolean =>
  SUBMITTED_COLUMNS.every((column) => isRepeated(last, body, column));

/**
 * The columns as they are to be: as submitted where the app changed them since its last body, else as stored.
 *
 * @param last The app's last body; without one all of this body is new.
 */
export function applySubmitted<T extends SubmittedColumns>(stored: T, last: unknown, body: T): T {
  const kept = SUBMITTED_COLUMNS.filter((column) => unitOf(column).every((member) => isRepeated(last, body, member)));
  return { ...body, ...Object.fromEntries(kept.map((column) => [column, stored[column]])) };
}

/** @returns columns whose value really differs, in a fixed order; empty for a repeated body. */
export const changedColumns = (before: SubmittedColumns, wanted: SubmittedColumns): Column[] =>
  SUBMITTED_COLUMNS.filter(
    (column) => JSON.stringify(toJson(before[column])) !== JSON.stringify(toJson(wanted[column])),
  );

/** Whether the place is another one: city and country of the old place are not those of the new one. */
export const isMoved = (changed: readonly string[]): boolean =>
  ['locationAddress', 'locationLat', 'locationLng'].some((column) => changed.includes(column));

function isRepeated(last: unknown, body: SubmittedColumns, column: Column): boolean {
  if (typeof last !== 'object' || last === null || !(column in last)) return false;
  return JSON.stringify((last as Submitted)[column]) === JSON.stringify(toJson(body[column]));
}

const toJson = (value: Value): Json =>
  value instanceof Date ? value.toISOString() : typeof value === 'object' && value !== null ? [...value] : value;
