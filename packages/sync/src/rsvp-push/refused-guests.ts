import { FieldsRefusedError, type PermanentError } from '@luma-sync/jobs';

/** What Luma refuses of a request that adds guests. */
export interface RefusedGuests {
  /** Luma's words by the guest's place in the request: of guests who can be added without their name. */
  names: ReadonlyMap<number, string>;
  /** Of guests who cannot be added. */
  guests: ReadonlyMap<number, string>;
}

/** Of so many guests, those whom the refusal names by their place: `guests.3.name`, `guests[3].email`, `guests.3`. */
export function findRefusedGuests(error: PermanentError, count: number): RefusedGuests {
  const names = new Map<number, string>();
  const guests = new Map<number, string>();
  for (const { path, message } of error instanceof FieldsRefusedError ? error.fields : []) {
    const [, place, field] = /^guests[.[](\d{1,4})\]?(?:\.([a-z_]+))?$/.exec(path) ?? [];
    if (place === undefined || Number(place) >= count) continue;
    (field === 'name' ? names : guests).set(Number(place), message);
  }
  for (const place of guests.keys()) names.delete(place);
  return { names, guests };
}
