import { decideApproval } from '@luma-sync/domain';
import type { Event, EventHost } from '@luma-sync/store';
import type { AppHost } from './event-input.js';

/** A body without a host says nothing about the one stored. */
export function isHostChanged(stored: readonly EventHost[], wanted: AppHost | null): boolean {
  if (wanted === null) return false;
  const named = stored.filter(({ externalId }) => externalId !== null);
  const [only] = named;
  if (only === undefined || named.length > 1) return true;
  return (
    only.externalId !== wanted.externalId ||
    only.name !== wanted.name ||
    only.email !== wanted.email ||
    only.role !== wanted.role
  );
}

/**
 * Where an edit leaves the approval. What was approved stays so after any edit. An event that waits, or was turned
 * down, waits for an admin unless its host may publish: a body that merely names no host, or no role, must not let it
 * through.
 */
export function approvalAfterEdit(
  current: Exclude<Event['approval'], 'cancelled'>,
  host: AppHost | null,
  publishingRoles: readonly string[],
): 'approved' | 'pending' {
  if (current === 'approved') return 'approved';
  return host === null || host.role === null ? 'pending' : decideApproval(host.role, publishingRoles);
}
