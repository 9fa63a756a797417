import { SCHEDULE_PATTERNS } from '@luma-sync/jobs';
import { findNewestSlots } from '@luma-sync/store';
import { CronExpressionParser } from 'cron-parser';
import { defineCheck } from './check.js';
import { ok, wrong } from './finding.js';
import { toAge } from './words.js';

/** Relay fires a slot itself that the queue has not fired after a minute. */
const LATE_MS = 2 * 60_000;

/** Whether the newest slot of each schedule was fired. */
export const schedules = defineCheck({
  what: 'Schedules',
  needs: ['db'],
  run: async ({ db }) => {
    const { since, newest } = await findNewestSlots(db);
    const now = new Date(Date.now() - LATE_MS);
    const late = Object.entries(SCHEDULE_PATTERNS).flatMap(([name, pattern]) => {
      const due = CronExpressionParser.parse(pattern, { currentDate: now, tz: 'UTC' }).prev().toDate();
      const fired = newest.get(name);
      if (since === null || due < since || (fired !== undefined && fired >= due)) return [];
      return [wrong(`Schedule ${name}`, `was due ${toAge(due)} ago and did not fire; relay does not run, or is stuck`)];
    });
    return late.length === 0 ? [ok('Schedules', 'all fired when they were due')] : late;
  },
});
