import type { EventRecordChanges, EventVisibility } from '@luma-sync/domain';
import type { Event } from '../generated/client.js';

const TO_COLUMN: Record<EventVisibility, Event['visibility']> = {
  public: 'public',
  'members-only': 'members_only',
  private: 'private',
};

export function toVisibilityColumn(visibility: EventVisibility): Event['visibility'] {
  return TO_COLUMN[visibility];
}

/** Prisma's data for a change that came from Luma. */
export function toEventColumns<C extends EventRecordChanges>(changes: C) {
  const { visibility, ...rest } = changes;
  return { ...rest, ...(visibility === undefined ? {} : { visibility: TO_COLUMN[visibility] }) };
}
