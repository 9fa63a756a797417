import { beforeAll, describe, expect, it } from '@jest/globals';
import { openIngress, type TestIngress } from '../../test/open-ingress.js';
import { addRecords, fillPath, type RecordsOfACalendar } from '../../test/records-of-a-calendar.js';
import { toOpenApiDocument } from '../openapi/document.js';
import { v1Routes } from './routes/all.js';

let ingress: TestIngress;
let records: RecordsOfACalendar;
beforeAll(async () => {
  ingress = await openIngress();
  records = await addRecords(ingress.db, 'listed', ingress.calendarId);
});

interface DocumentedParameter {
  in: string;
  name: string;
}

const { paths } = toOpenApiDocument(v1Routes, 'https://sync.example.org') as unknown as {
  paths: Record<string, { get?: { parameters?: DocumentedParameter[] } }>;
};
const READS = v1Routes
  .filter(({ method }) => method === 'get')
  .map(({ path }): [string, string[]] => [
    path,
    (paths[path]?.get?.parameters ?? []).filter((one) => one.in === 'query').map(({ name }) => name),
  ]);

async function ask(path: string, query: string) {
  const { status, body } = await ingress.call('GET', `${fillPath(path, records)}?${query}`);
  const errors: { path: string }[] = body.errors ?? [];
  return { status, code: body.code, paths: [...new Set(errors.map((error) => error.path))] };
}
const refused = (name: string) => ({ status: 400, code: 'request.invalid_parameter', paths: [name] });

/** Guards against a filter that is mistyped and ignored: the answer would be of everything. */
describe('a read with a parameter that it does not take', () => {
  it.each(READS)('%s names it', async (path) => {
    expect(await ask(path, 'updatedSinse=2027-01-01T00:00:00Z')).toEqual(refused('updatedSinse'));
  });
});

describe('a value that no record can have', () => {
  const PARAMETERS = READS.flatMap(([path, names]) => names.map((name): [string, string] => [path, name]));

  it.each(PARAMETERS)('%s?%s= is refused by its name', async (path, name) => {
    for (const value of ['', '%00', 'x'.repeat(500)])
      expect({ value, ...(await ask(path, `${name}=${value}`)) }).toEqual({ value, ...refused(name) });
    expect((await ask(path, `${name}=a&${name}=b`)).status).toBe(400);
  });

  it.each(['/v1/events', '/v1/audit-log'])('a window of %s that ends before it begins', async (path) => {
    expect(await ask(path, 'from=2027-02-01T00:00:00Z&to=2027-01-01T00:00:00Z')).toEqual(refused('to'));
    expect(await ask(path, 'from=2027-02-01T00:00:00Z&to=2027-02-01T00:00:00Z')).toEqual(refused('to'));
  });

  it('a job that there is not', async () => {
    expect(await ask('/v1/operations', 'job=event.psuh')).toEqual(refused('job'));
    expect((await ask('/v1/operations', 'job=event.push')).status).toBe(200);
  });
});
