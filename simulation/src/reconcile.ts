import type { Play } from './play.js';

const DAY_MS = 86_400_000;

/** As the schedules do it once in a week: calendars pulled, drift checked, every event's guests pulled. */
export async function reconcile(play: Play): Promise<void> {
  play.time.passUntil(play.time.now() + 7 * DAY_MS);
  play.trace.record(() => '--- reconcile');
  const { operations, calendarId } = play;
  const asked = { trigger: 'scheduled', actor: 'schedule' } as const;
  operations.enqueue('calendar.pull', { calendarId }, asked);
  await play.settle();
  operations.enqueue('drift.check', { calendarId }, asked);
  requestGuestPulls(play);
  await play.settle();
}

/** The list of every event is read. */
export function requestGuestPulls({ tables, operations }: Play): void {
  for (const eventId of tables.events.keys())
    operations.enqueue(
      'guest.pull',
      { eventId, assignCoupons: false, sendEmails: false, approvalStatus: null },
      { trigger: 'scheduled', actor: 'schedule' },
    );
}
