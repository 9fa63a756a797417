import type { Event, Prisma } from '../generated/client.js';
import { APP_COLUMNS, type AppColumns } from './event-input.js';

/*
 * An app sends its whole event, again and again. What it says now is held against what it said last, not against our row, which a host may
 * have changed at Luma meanwhile: only a difference to its own last word is an edit of the app's.
 */

type Column = keyof AppColumns;

/** Columns that make sense together only: when the app changes one, all are as it says. */
const PLACE: readonly Column[] = ['locationType', 'locationName', 'locationAddress', 'locationLat', 'locationLng'];
const TIME: readonly Column[] = ['startsAt', 'endsAt', 'timezone'];

const unitOf = (column: Column): readonly Column[] => [PLACE, TIME].find((unit) => unit.includes(column)) ?? [column];

/** What is kept of the app's word. */
export function toStated(said: AppColumns): Prisma.InputJsonObject {
  return Object.fromEntries(APP_COLUMNS.map((column) => [column, toJson(said[column])]));
}

/** Whether the app said the very same before. */
export function isStated(stored: Pick<Event, 'stated'>, said: AppColumns): boolean {
  return APP_COLUMNS.every((column) => isSaid(stored, said, column));
}

/**
 * The columns as they are to be: what the app changed since it last spoke as it says, everything else as stored.
 *
 * @param stored The event, with the app's last word; without one all the app says is new.
 */
export function applyEdit(stored: AppColumns & Pick<Event, 'stated'>, said: AppColumns): AppColumns {
  const kept = APP_COLUMNS.filter((column) => unitOf(column).every((member) => isSaid(stored, said, member)));
  return { ...said, ...Object.fromEntries(kept.map((column) => [column, stored[column]])) };
}

function isSaid({ stated }: Pick<Event, 'stated'>, said: AppColumns, column: Column): boolean {
  if (typeof stated !== 'object' || stated === null || !(column in stated)) return false;
  return JSON.stringify((stated as Record<string, unknown>)[column]) === JSON.stringify(toJson(said[column]));
}

const toJson = (value: AppColumns[Column]): string | number | string[] | null =>
  value instanceof Date ? value.toISOString() : value;
