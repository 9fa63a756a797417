import type { RemovalQuestion } from '@luma-sync/store';
import type { RemovalQuestionWire } from '../schemas/removal.js';

/** @param keys The app's id of each event, by ours. */
export function toRemovalQuestionWire(row: RemovalQuestion, keys: ReadonlyMap<string, string>): RemovalQuestionWire {
  const { id, recordType, scopeId, missing, total, answer, answeredBy, answeredAt, settledAt } = row;
  const isOfEvent = recordType === 'rsvp';
  return {
    id,
    recordType,
    event: isOfEvent ? (keys.get(scopeId) ?? scopeId) : null,
    calendarId: isOfEvent ? null : scopeId,
    missing,
    total,
    state: settledAt !== null ? 'settled' : answer !== null ? 'answered' : 'open',
    answer,
    answeredBy,
    answeredAt: answeredAt?.toISOString() ?? null,
    settledAt: settledAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
