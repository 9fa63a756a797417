import type { CallOptions, Send } from './transport.js';
import type * as api from './types.js';

/** For keys with the scope `admin` that are bound to no calendar. */
export function createAdminClient(send: Send) {
  const apiKeys = {
    /** `key` is shown in this answer alone; null in the answer to a repeat with the same `Idempotency-Key`. */
    create: (body: api.ApiKeyInput, call?: CallOptions) => send('POST /v1/api-keys', [], { body, ...call }),
    list: async (call?: CallOptions): Promise<api.ApiKey[]> => (await send('GET /v1/api-keys', [], call)).data,
    revoke: (id: string, call?: CallOptions): Promise<void> => send('DELETE /v1/api-keys/{apiKeyId}', [id], call),
  };

  const auditLog = {
    /** Newest first. */
    list: (query: api.AuditFilter = {}, call?: CallOptions) => send('GET /v1/audit-log', [], { query, ...call }),
  };

  return { apiKeys, auditLog };
}
