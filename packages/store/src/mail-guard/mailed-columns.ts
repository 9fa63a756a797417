/** Columns of an event whose change Luma mails guests about: name, time and place. */
const MAILED_COLUMNS = new Set([
  'title',
  'startsAt',
  'endsAt',
  'timezone',
  'locationName',
  'locationAddress',
  'locationLat',
  'locationLng',
]);

export const isMailedAbout = (changed: readonly string[]): boolean =>
  changed.some((column) => MAILED_COLUMNS.has(column));
