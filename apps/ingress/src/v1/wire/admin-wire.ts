import type { ApiKeyRecord, AuditRecord } from '@luma-sync/store';
import type { ApiKeyWire } from '../schemas/api-key.js';
import type { AuditEntryWire } from '../schemas/audit.js';

export function toApiKeyWire(key: ApiKeyRecord): ApiKeyWire {
  return {
    id: key.id,
    name: key.name,
    prefix: key.prefix,
    scopes: key.scopes,
    calendarIds: key.calendarIds.length === 0 ? null : key.calendarIds,
    expiresAt: key.expiresAt?.toISOString() ?? null,
    createdAt: key.createdAt.toISOString(),
    lastUsedAt: key.lastUsedAt?.toISOString() ?? null,
    revokedAt: key.revokedAt?.toISOString() ?? null,
  };
}

export function toAuditWire({ id, at, details, ...rest }: AuditRecord): AuditEntryWire {
  return { ...rest, id: String(id), at: at.toISOString(), changes: details };
}
