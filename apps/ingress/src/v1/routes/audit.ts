import { listAudit } from '@luma-sync/store';
import { decodeNumberCursor, encodeNumberCursor, toPage } from '../../http/cursor.js';
import { ok, route } from '../route.js';
import { auditEntry, auditQuery } from '../schemas/audit.js';
import { pageOf } from '../schemas/fields.js';
import { toAuditWire } from '../wire/admin-wire.js';

export const auditRoutes = [
  route({
    method: 'get',
    path: '/v1/audit-log',
    scopes: ['admin'],
    isInstallationWide: true,
    tag: 'Audit log',
    summary: 'Read who changed a key, a secret or a setting, logged in, or did what cannot be undone; newest first',
    query: auditQuery,
    answer: { status: 200, description: 'A page of entries', schema: pageOf(auditEntry) },
    async handle({ query: { limit, cursor, ...filter }, db }) {
      const before = decodeNumberCursor(cursor) ?? undefined;
      const rows = await listAudit(db, { ...filter, before, limit: limit + 1 });
      return ok(toPage(rows, limit, toAuditWire, ({ id }) => encodeNumberCursor(id)));
    },
  }),
];
