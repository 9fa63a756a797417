import { type CalendarRecord, findUnreadableCalendars, listCalendars } from '@luma-sync/store';
import { toCalendarState } from '@luma-sync/timeline';
import { defineCheck } from './check.js';
import { type Finding, note, ok, wrong } from './finding.js';
import { toAge } from './words.js';

const UNREADABLE =
  'ENCRYPTION_KEY does not open its secrets; put the earlier key behind the new one, comma-separated, or enter ' +
  'its key and webhook secret anew';

/** How each calendar stands as far as we know without asking Luma. */
export const calendars = defineCheck({
  what: 'Calendars',
  needs: ['db'],
  run: async ({ db, keyring }) => {
    const all = await listCalendars(db);
    if (all.length === 0) return [note('Calendars', 'there is none; add one by the API, or set LUMA_API_KEY')];
    const locked = new Set((keyring === null ? [] : await findUnreadableCalendars(db, keyring)).map(({ id }) => id));
    const findings = all.map((calendar) =>
      locked.has(calendar.id) ? wrong(`Calendar "${calendar.name}"`, UNREADABLE) : judge(calendar),
    );
    const hasDefault = all.some(({ isDefault }) => isDefault);
    return hasDefault
      ? findings
      : [...findings, note('Default calendar', 'none: events outside every routing circle have nowhere to go')];
  },
});

function judge(calendar: CalendarRecord): Finding {
  const { name, kind, hasApiKey, syncEnabled, isDefault } = calendar;
  const what = `Calendar "${name}"`;
  const { status, since, reason, advice } = toCalendarState(calendar);
  if (status !== 'ok')
    return wrong(what, [`${status} for ${toAge(since)}${reason === null ? '' : `, ${reason}`}`, advice].join('; '));
  if (isDefault && (kind !== 'luma' || !hasApiKey))
    return wrong(what, 'is the default and cannot publish: it needs to be of kind luma, with an API key');
  if (syncEnabled && kind === 'luma' && !hasApiKey && calendar.routingRadiusKm !== null)
    return wrong(what, 'takes events by its routing circle and cannot publish: it needs an API key');
  if (!syncEnabled) return note(what, 'its sync is switched off');
  if (kind === 'luma' && !hasApiKey) return note(what, 'has no API key, so it can only be embedded');
  return ok(what);
}
