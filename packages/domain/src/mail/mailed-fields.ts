import type { EventRecord } from '../events/event-record.js';
import type { EventState } from '../events/event-state.js';

/** Luma mails guests when one of these fields changes, unless told not to. Beside each: its columns in our row. */
const MAILED: Partial<Record<keyof EventState, readonly (keyof EventRecord)[]>> = {
  title: ['title'],
  startsAt: ['startsAt'],
  endsAt: ['endsAt'],
  timezone: ['timezone'],
  address: ['locationName', 'locationAddress'],
  coordinate: ['locationLat', 'locationLng'],
};
const FIELDS: ReadonlySet<string> = new Set(Object.keys(MAILED));
const COLUMNS: ReadonlySet<string> = new Set(Object.values(MAILED).flat());

/** @param fields Fields of an event as Luma and we compare them. */
export const couldMailGuests = (fields: readonly string[]): boolean => fields.some((field) => FIELDS.has(field));

/** @param columns Columns of our row that an app has changed. */
export const isMailedAbout = (columns: readonly string[]): boolean => columns.some((column) => COLUMNS.has(column));
