import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { createLumaSyncClient } from '@luma-sync/client';
import { compareTypes, type Json, toRouteTypes } from '../../test/compare-types.js';
import { v1Routes } from '../v1/routes/all.js';
import { toOpenApiDocument } from './document.js';

const document = toOpenApiDocument(v1Routes, 'https://sync.example.org') as { [key: string]: Json };
const routesFile = fileURLToPath(new URL('../../../../packages/client/src/routes.js', import.meta.url));

const client = `export type { Routes } from ${JSON.stringify(routesFile)};`;

describe('the types of the client', () => {
  it('are those of /openapi.json, for each route, both ways', async () => {
    const { differences, output } = compareTypes(client, await toRouteTypes(document));
    expect({ differences, output }).toEqual({ differences: [], output: '' });
  });

  it('differ where the document is another', async () => {
    const other = structuredClone(document) as unknown as Altered;
    const { Rsvp, RsvpInput, Event } = other.components.schemas;
    Rsvp!.properties.email = { type: 'string' };
    RsvpInput!.required.push('email');
    RsvpInput!.properties.pronouns = { type: 'string' };
    delete Event!.properties.tags;
    delete other.paths['/v1/audit-log'];
    const { differences } = compareTypes(client, await toRouteTypes(other as unknown as typeof document));
    const ofOneRoute = differences.filter((line) => /PUT .*rsvps|GET \/v1\/(audit-log|events)[:.]/.test(line));
    expect(ofOneRoute).toEqual([
      'route.GET /v1/audit-log: only the client has it',
      'route.GET /v1/events.answer.data.items.tags: only the client has it',
      'route.PUT /v1/events/{externalId}/rsvps/{personId}.answer.rsvp.email: the client is wider',
      'route.PUT /v1/events/{externalId}/rsvps/{personId}.body.email: the client is wider',
      'route.PUT /v1/events/{externalId}/rsvps/{personId}.body.pronouns: the client lacks it',
    ]);
  });
});

interface Altered {
  components: { schemas: { [name: string]: { properties: { [name: string]: unknown }; required: string[] } } };
  paths: { [path: string]: unknown };
}

describe('the methods of the client', () => {
  it('reach every route of /openapi.json', async () => {
    const reached = new Set<string>();
    const lumaSync = createLumaSyncClient({
      baseUrl: 'https://sync.example.org',
      apiKey: 'lsk_test',
      fetch: async (url, init) => {
        reached.add(toRoute(init?.method ?? 'GET', new URL(String(url)).pathname));
        return Response.json({ data: [], nextCursor: null, operation: { state: 'done' } });
      },
    });
    for (const method of Object.values(lumaSync).flatMap((part) => Object.values(part) as Method[])) {
      await method('ID', 'ID', undefined, undefined);
    }
    expect([...reached].toSorted()).toEqual(v1Routes.map(({ method, path }) => toRoute(method, path)).toSorted());
  });
});

type Method = (...given: unknown[]) => unknown;
const toRoute = (method: string, path: string): string =>
  `${method.toUpperCase()} ${path.replaceAll(/ID|\{\w+\}/g, '{}')}`;
