import type { ApiKey, ApiKeyInput, AuditEntry, AuditFilter } from './admin-types.js';
import { type CallOptions, path, type Send } from './transport.js';
import type { Page } from './types.js';

/** For keys with the scope `admin` that are bound to no calendar. */
export function createAdminClient(send: Send) {
  const apiKeys = {
    /** `key` is shown in this answer alone; null in the answer to a repeat with the same `Idempotency-Key`. */
    create: (body: ApiKeyInput, call?: CallOptions): Promise<{ apiKey: ApiKey; key: string | null }> =>
      send({ method: 'POST', path: '/v1/api-keys', body, ...call }),
    list: async (call?: CallOptions): Promise<ApiKey[]> =>
      (await send<Page<ApiKey>>({ method: 'GET', path: '/v1/api-keys', ...call })).data,
    revoke: (id: string, call?: CallOptions): Promise<void> =>
      send({ method: 'DELETE', path: path`/v1/api-keys/${id}`, ...call }),
  };

  const auditLog = {
    /** Newest first. */
    list: (query: AuditFilter = {}, call?: CallOptions): Promise<Page<AuditEntry>> =>
      send({ method: 'GET', path: '/v1/audit-log', query: { ...query }, ...call }),
  };

  return { apiKeys, auditLog };
}
