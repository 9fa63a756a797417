import { decideApproval } from '@luma-sync/domain';
import type { Event, EventHost } from '../generated/client.js';
import { APP_COLUMNS, type AppColumns, type AppHost } from './event-input.js';

/** @returns names of the columns whose value really differs, in a fixed order; empty for a repeated body. */
export function changedColumns(before: AppColumns, wanted: AppColumns): string[] {
  return APP_COLUMNS.filter((column) => !isEqual(before[column], wanted[column]));
}

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
 * Where an edit leaves the approval. What was approved stays so, whoever edits it. An event that waits, or was turned down, waits for an
 * admin unless its host may publish: a body that merely names no host, or no role, must not let it through.
 */
export function approvalAfterEdit(
  current: Exclude<Event['approval'], 'cancelled'>,
  host: AppHost | null,
  publishingRoles: readonly string[],
): 'approved' | 'pending' {
  if (current === 'approved') return 'approved';
  return host === null || host.role === null ? 'pending' : decideApproval(host.role, publishingRoles);
}

function isEqual(a: unknown, b: unknown): boolean {
  if (a instanceof Date && b instanceof Date) return a.getTime() === b.getTime();
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, index) => item === b[index]);
  return a === b;
}
