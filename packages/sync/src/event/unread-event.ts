import { isSameEventField } from '@luma-sync/domain';
import type { OddRecord } from '@luma-sync/luma-contract';
import { toPlainName } from './plain-name.js';

/** An event that a list shows and nobody can read, as far as it can be told. */
export type UnreadEvent = OddRecord['identity'];

export const toUnread = (odd: readonly OddRecord[]): UnreadEvent[] =>
  odd.filter(({ isRead }) => !isRead).map(({ identity }) => identity);

/**
 * Whether an unread event may be the wanted one: nothing that can be read of it says otherwise. One of which neither
 * name nor start can be read is taken for another: it would hold back every event of the calendar.
 */
export function mayBe({ name, startsAt }: UnreadEvent, wanted: { title: string; startsAt: string }): boolean {
  if (name === null && startsAt === null) return false;
  const isNamed = name === null || toPlainName(name) === toPlainName(wanted.title);
  return isNamed && (startsAt === null || isSameEventField('startsAt', startsAt, wanted.startsAt));
}
