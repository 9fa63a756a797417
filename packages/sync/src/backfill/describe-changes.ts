import type { NewBackfillStep } from '@luma-sync/store';

type Step = Pick<NewBackfillStep, 'kind' | 'eventId' | 'lumaEventId' | 'basis'>;

const CHANGES_MAX = 50;

/**
 * What differs between a plan and one made later, in words. Never empty: a plan that differs in nothing else has other
 * questions.
 */
export function describeChanges(before: readonly Step[], now: readonly Step[]): string[] {
  const earlier = new Map(before.map((step) => [nameOf(step), step]));
  const later = new Map(now.map((step) => [nameOf(step), step]));
  const changes = [
    ...before.filter((step) => !later.has(nameOf(step))).map((step) => `No longer to be done: ${nameOf(step)}`),
    ...now.filter((step) => !earlier.has(nameOf(step))).map((step) => `New: ${nameOf(step)}`),
    ...now
      .filter((step) => earlier.has(nameOf(step)) && earlier.get(nameOf(step))?.basis !== step.basis)
      .map((step) => `Edited since: ${nameOf(step)}`),
  ];
  if (changes.length === 0) return ['What has to be asked is different now'];
  return changes.length <= CHANGES_MAX
    ? changes
    : [...changes.slice(0, CHANGES_MAX), `and ${changes.length - CHANGES_MAX} more`];
}

function nameOf({ kind, eventId, lumaEventId }: Step): string {
  switch (kind) {
    case 'adopt':
      return `adopt Luma's ${lumaEventId} as event ${eventId}`;
    case 'create':
      return `create event ${eventId} at Luma`;
    case 'import':
      return `take in Luma's ${lumaEventId}`;
  }
}
