import type { Poison } from './poison.js';

/** Ids and addresses by which both sides know what the plan has as numbers. */

export const eventKey = (event: number): string => `event-${event}`;
/** Apps write addresses as people type them. */
export const emailAsTyped = (person: string): string =>
  `${person.charAt(0).toUpperCase()}${person.slice(1)}@Example.org`;
export const emailOf = (person: string): string => `${person}@example.org`;
export const nameOf = (person: string): string => person.replace('-', ' ');
export const titleOf = (event: number, version: number, by: 'app' | 'host' = 'app'): string =>
  `Gathering ${event}${version === 0 ? '' : `, ${by === 'app' ? 'edition' : 'as the host has it'} ${version}`}`;
export const hostTitleOf = (number: number): string => `Begun at Luma ${number}`;

/** Text that only requests about the poison hold. */
export const markerOf = ({ target, event, person }: Poison): string =>
  target === 'event' ? JSON.stringify(titleOf(event, 0)) : person;

const DAY_MS = 86_400_000;
/** Whole hours, far enough ahead that no run sees its events end. */
export function startOf(event: number, shiftHours = 0): Date {
  const day = Math.floor(Date.now() / DAY_MS) * DAY_MS;
  return new Date(day + (event + 10) * DAY_MS + (18 + shiftHours) * 3_600_000);
}
