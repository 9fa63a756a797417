import { createApiKey, listApiKeys, revokeApiKey } from '@luma-sync/store';
import { z } from 'zod';
import { notFound, Problem } from '../../http/problem.js';
import { ok, route } from '../route.js';
import { apiKey, apiKeyInput } from '../schemas/api-key.js';
import { pageOf, uuid } from '../schemas/fields.js';
import { toApiKeyWire } from '../wire/admin-wire.js';
import { unknownReference } from './event-problems.js';

const tag = 'API keys';

export const apiKeyRoutes = [
  route({
    method: 'post',
    path: '/v1/api-keys',
    scopes: ['admin'],
    isInstallationWide: true,
    audit: { action: 'api_key.create', subjectType: 'api_key' },
    tag,
    summary: 'Make an API key; it is shown in this answer alone',
    body: apiKeyInput,
    answer: {
      status: 201,
      description: 'Made. `key` is null in the answer to a repeat with the same `Idempotency-Key`.',
      schema: z.object({ apiKey, key: z.string().nullable() }),
    },
    async handle({ body, db }) {
      const made = await createApiKey(db, body);
      switch (made.kind) {
        case 'created': {
          const { id, name, scopes, calendarIds, expiresAt } = made.record;
          const shown = { apiKey: toApiKeyWire(made.record) };
          return {
            status: 201,
            body: { ...shown, key: made.key },
            // An answer is kept for repeats, a key never.
            keptBody: { ...shown, key: null },
            audit: { subject: id, changes: { name, scopes, calendarIds, expiresAt: expiresAt?.toISOString() ?? null } },
          };
        }
        case 'malformed-name':
          throw nameProblem(
            'request.invalid',
            'must be letters, digits, spaces, dots and dashes, and begin with none of the last three',
          );
        case 'reserved-name':
          throw nameProblem('api_key.name_reserved', 'is a name under which luma-sync itself acts');
        case 'unknown-calendar':
          throw unknownReference('calendarIds', 'calendar');
      }
    },
  }),
  route({
    method: 'get',
    path: '/v1/api-keys',
    scopes: ['admin'],
    isInstallationWide: true,
    tag,
    summary: 'List all API keys, revoked ones too, oldest first; none is shown itself',
    answer: { status: 200, description: 'All of them, on one page', schema: pageOf(apiKey) },
    handle: async ({ db }) => ok({ data: (await listApiKeys(db)).map(toApiKeyWire), nextCursor: null }),
  }),
  route({
    method: 'delete',
    path: '/v1/api-keys/{apiKeyId}',
    scopes: ['admin'],
    isInstallationWide: true,
    audit: { action: 'api_key.revoke', subjectType: 'api_key' },
    tag,
    summary: 'Revoke an API key; running processes notice within 10 s',
    params: z.strictObject({ apiKeyId: uuid }),
    answer: { status: 204, description: 'Revoked' },
    async handle({ params: { apiKeyId }, db }) {
      const revoked = await revokeApiKey(db, apiKeyId);
      if (revoked === null) throw notFound('api_key');
      return { status: 204, body: null, audit: { subject: apiKeyId, changes: { name: revoked.name } } };
    },
  }),
];

const nameProblem = (code: string, message: string): Problem =>
  new Problem(422, code, 'the key cannot have this name', { errors: [{ path: 'name', message }] });
