import type { CalendarFact } from './facts.js';
import { byLuma, byUs, type Rendered, type Renderers } from './rendered.js';

export const CALENDAR_MESSAGES: Renderers<CalendarFact> = {
  'calendar-status': (fact) => renderStatus(fact),
  'calendar-created': (fact) => byUs('decided', `The calendar was added, of kind ${fact.kind}.`),
  'calendar-changed': (fact) => byUs('decided', `Settings changed: ${fact.fields.join(', ')}.`),
  'coupon-pool-created': (fact) => byUs('decided', `The coupon pool "${fact.pool}" was made for this calendar.`),
  'coupon-codes-added': (fact) =>
    byUs('decided', `${fact.codes} ${fact.codes === 1 ? 'code was' : 'codes were'} added to "${fact.pool}".`),
};

function renderStatus({ status, reason }: Extract<CalendarFact, { fact: 'calendar-status' }>): Rendered {
  if (status === 'connected') return byLuma('observed', 'Luma answers the calendar’s key again.');
  if (status === 'disconnected')
    return byUs('observed', `A test of the connection to Luma failed (${reason}); work goes on trying.`);
  if (status === 'ok') return byLuma('observed', 'Luma accepts the key again; what waited goes on.');
  const why = reason === null ? '' : ` (${reason})`;
  const what = CALENDAR_STATUS[status] ?? `The calendar is ${status}`;
  return byLuma('observed', `${what}${why}; its work waits, and goes on by itself when the key works again.`);
}

const CALENDAR_STATUS: Record<string, string> = {
  auth_failed: 'Luma refuses the calendar’s key',
  plan_inactive: 'Luma says that the calendar has no active plan',
};
