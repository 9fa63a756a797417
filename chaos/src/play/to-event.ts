import type { EventInput } from '@luma-sync/client';
import type { EventEdit } from '../plan/load.js';
import { hostTitleOf, startOf, titleOf } from '../plan/names.js';

export function toEvent(event: number): EventInput {
  return {
    title: titleOf(event, 0),
    description: descriptionOf(0),
    startsAt: startOf(event).toISOString(),
    endsAt: startOf(event, 2).toISOString(),
    timezone: 'Europe/Berlin',
    location: { type: 'physical', name: 'Hall', address: addressOf(0), lat: 52.5, lng: 13.4 },
    visibility: 'public',
    capacity: 400,
  };
}

export function edited(event: number, body: EventInput, edit: EventEdit): EventInput {
  return {
    ...body,
    ...(edit.title === undefined ? {} : { title: titleOf(event, edit.title) }),
    ...(edit.description === undefined ? {} : { description: descriptionOf(edit.description) }),
    ...(edit.capacity === undefined ? {} : { capacity: edit.capacity }),
    ...(edit.address === undefined
      ? {}
      : {
          location: { type: 'physical' as const, name: 'Hall', address: addressOf(edit.address), lat: 52.5, lng: 13.4 },
        }),
  };
}

/** Luma rewrites Markdown; this much of it stays as it is. */
const descriptionOf = (version: number): string =>
  `Version ${version} of the text.\n\n- come early\n- bring **a friend**`;
const addressOf = (version: number): string => `Courtyard ${version}, 12047 Berlin`;

export function toHostEvent(number: number): object {
  return {
    name: hostTitleOf(number),
    start_at: startOf(100 + number).toISOString(),
    end_at: startOf(100 + number, 2).toISOString(),
    timezone: 'Europe/Berlin',
  };
}
