import { OpenAPIRegistry, OpenApiGeneratorV31 } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';
import type { Route } from '../v1/route.js';

const problem = z
  .object({
    type: z.string(),
    status: z.number().int(),
    code: z.string().meta({ description: 'Stable: tell errors apart by it.' }),
    title: z.string(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
    details: z
      .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))
      .optional()
      .meta({
        description:
          '`recipients`, with `mail.confirmation_required`: the number to confirm, `countedBy` Luma (`luma`) or ' +
          'from the people known here (`known_guests`).',
      }),
    requestId: z.string().optional(),
  })
  .meta({ id: 'Problem' });

const intro = `Keeps an application's events, RSVPs, guests and coupons in step with Luma.

A command answers **202** as soon as it is stored; the work is an *operation* that can be followed at the answer's
\`Location\`. Errors are \`application/problem+json\` with a stable \`code\`. Every POST, PUT and PATCH takes an
\`Idempotency-Key\`: a repeat with the same key and body gets the first answer, also one that arrives late, after a
newer request.

A key has scopes, and may be bound to calendars: what belongs to another calendar answers 404, as if it were not
there.`;

/** OpenAPI 3.1, from the very schemas that check requests. */
export function toOpenApiDocument(routes: readonly Route[], publicUrl: string): object {
  const registry = new OpenAPIRegistry();
  registry.registerComponent('securitySchemes', 'apiKey', { type: 'http', scheme: 'bearer' });
  for (const spec of routes) registry.registerPath(toPath(spec));
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: { title: 'luma-sync', version: '1', description: intro },
    servers: [{ url: publicUrl }],
    security: [{ apiKey: [] }],
  });
}

const TAKES_KEY = new Set(['post', 'put', 'patch']);

function toPath(spec: Route): Parameters<OpenAPIRegistry['registerPath']>[0] {
  const { method, path, tag, summary, scopes, answer } = spec;
  return {
    method,
    path,
    tags: [tag],
    summary,
    description: toScopeText(spec),
    security: [{ apiKey: [...scopes] }],
    ...toScopeExtensions(spec),
    request: {
      params: spec.params as z.ZodObject,
      query: spec.query as z.ZodObject,
      ...(TAKES_KEY.has(method) ? { headers: toHeaders(spec) } : {}),
      ...toRequestBody(spec),
    },
    responses: {
      [answer.status]: {
        description: answer.description,
        ...(answer.schema === undefined ? {} : { content: { 'application/json': { schema: answer.schema } } }),
      },
      default: {
        description: 'What kept the request from being carried out',
        content: { 'application/problem+json': { schema: problem } },
      },
    },
  };
}

function toHeaders({ takesCondition }: Route): z.ZodObject {
  const headers = z.object({ 'Idempotency-Key': z.string().min(1).max(200).optional() });
  return takesCondition === true ? headers.extend({ 'If-Match': z.literal('*').optional() }) : headers;
}

function toScopeText({ scopes, furtherScopes, isInstallationWide }: Route): string {
  const named = scopes.map((scope) => `\`${scope}\``).join(' and ');
  return [
    `Needs a key with ${named}.`,
    ...furtherScopes.map(({ scope, when }) => `Needs \`${scope}\` as well ${when}.`),
    ...(isInstallationWide === true ? ['Closed to keys that are bound to calendars.'] : []),
  ].join(' ');
}

/** For programs: what the scopes in `security` do not say. */
function toScopeExtensions({ furtherScopes, isInstallationWide }: Route): Record<`x-${string}`, unknown> {
  return {
    ...(furtherScopes.length === 0
      ? {}
      : { 'x-further-scopes': furtherScopes.map(({ scope, when }) => ({ scope, when })) }),
    ...(isInstallationWide === true ? { 'x-installation-wide': true } : {}),
  };
}

function toRequestBody({ readCsv, hasBody, body }: Route) {
  if (readCsv !== undefined) return { body: { required: true, content: { 'text/csv': { schema: z.string() } } } };
  if (!hasBody) return {};
  // Where every field is optional, the body may be left out.
  const required = !body.safeParse({}).success;
  return { body: { required, content: { 'application/json': { schema: body } } } };
}
