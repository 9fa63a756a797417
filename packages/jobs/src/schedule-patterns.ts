/** When schedules fire, by name: cron patterns, UTC. Relay fires them; doctor looks whether it did. */
export const SCHEDULE_PATTERNS = {
  // Staggered over an hour, so that calendars which share a network or a key do not start at once.
  'calendars.pull': '0 */6 * * *',
  // A new event whose webhook was lost: one page of each calendar.
  'calendars.heads': '7,22,37,52 * * * *',
  // What webhooks missed: near events each time, far ones rarely.
  'rsvps.reconcile': '*/15 * * * *',
  // One that is missing or asleep is repaired within five minutes.
  'webhooks.watch': '*/3 * * * *',
  // After an update that reads more of what Luma sends.
  'unreadable.reread': '20 * * * *',
  'org.backfill': '0 3 * * 0',
  'drift.check': '0 4 * * 0',
  'due.sweep': '*/5 * * * *',
  retention: '30 2 * * *',
} as const;

export type ScheduleName = keyof typeof SCHEDULE_PATTERNS;
