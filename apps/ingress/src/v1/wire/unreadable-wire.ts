import type { UnreadableView } from '@luma-sync/store';
import type { UnreadableWire } from '../schemas/unreadable.js';

export function toUnreadableWire({
  eventKey,
  seenSince,
  seenLast,
  resolvedAt,
  ...rest
}: UnreadableView): UnreadableWire {
  return {
    ...rest,
    event: eventKey,
    seenSince: seenSince.toISOString(),
    seenLast: seenLast.toISOString(),
    resolvedAt: resolvedAt?.toISOString() ?? null,
  };
}
