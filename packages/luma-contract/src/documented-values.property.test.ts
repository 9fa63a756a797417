import { describe, expect, it } from '@jest/globals';
import { type Field, laterFacts, lumaFacts, readJsonSchema, type Shape, toZod } from '@luma-sync/luma-facts';
import { arbitraryOf, chooseWhatIsTrue } from '@luma-sync/luma-facts/arbitrary';
import fc from 'fast-check';
import { parseListPage } from './answers/list-page.js';
import { type OddRecord, readSingle } from './answers/odd-record.js';
import { readJson } from './read-json.js';
import { describeContract, ROUTES, type RouteContract } from './routes.js';
import { parseWebhook } from './webhooks/envelope.js';

/* Whatever Luma may answer by its own document is read, and nothing that we read of it gets lost on the way. */

interface Read {
  record: unknown;
  odd: readonly OddRecord[];
}

function read(part: string, raw: unknown): Read {
  if (part.startsWith('webhook ')) {
    const parsed = parseWebhook(raw);
    if (!parsed.ok) return { record: null, odd: parsed.odd === null ? [] : [parsed.odd] };
    return {
      record: { type: parsed.envelope.type, data: parsed.envelope.data },
      odd: parsed.odd === null ? [] : [parsed.odd],
    };
  }
  const { answer, entry } = ROUTES[part.replace(/ answer$/, '') as keyof typeof ROUTES] as RouteContract;
  if (entry !== undefined) {
    const { odd, ...record } = parseListPage(raw, entry);
    return { record, odd };
  }
  if (answer === undefined) throw new Error(`nothing reads ${part}`);
  const { record, odd } = readSingle(answer, raw);
  return { record, odd: odd === null ? [] : [odd] };
}

/** Paths of what came, is read, and is not there any more. Texts that stand for nothing may become null. */
function findLost(shape: Shape, raw: unknown, kept: unknown, path = ''): string[] {
  if (raw === null || raw === undefined || (typeof raw === 'string' && ['', 'N/A'].includes(raw.trim()))) return [];
  if (kept === null || kept === undefined) return [path];
  if (Array.isArray(raw)) {
    if (!Array.isArray(kept) || kept.length !== raw.length) return [path];
    return raw.flatMap((item, index) => findLost(shape.items ?? { type: 'any' }, item, kept[index], `${path}[]`));
  }
  if (typeof raw !== 'object' || shape.type === 'any') return [];
  return Object.entries(fieldsOf(shape)).flatMap(([name, field]) =>
    findLost(
      field.shape,
      (raw as Record<string, unknown>)[name],
      (kept as Record<string, unknown>)[name],
      `${path}.${name}`,
    ),
  );
}

const fieldsOf = ({ fields, variants }: Shape): Record<string, Field> =>
  Object.assign({}, fields, ...Object.values(variants ?? {}).map((variant) => variant.fields));

/* A field that is read under another name is not looked for under its own. */
const contract = describeContract(false);
const parts = [...lumaFacts(), ...laterFacts()].filter(
  ([part]) => contract.has(part) && !/ (?:query|body)$/.test(part),
);

describe.each([
  ['as documented', false],
  ['with values that came later', true],
])('what Luma may answer, %s', (_, isGrown) => {
  it.each(parts)('%s is read whole', (part, shape) => {
    const reading = readJsonSchema(contract.get(part) ?? {});
    const judge = toZod(shape);
    fc.assert(
      fc.property(arbitraryOf(shape, { choose: chooseWhatIsTrue, isGrown }), (value) => {
        if (!isGrown) expect(judge.safeParse(value).error?.issues ?? []).toEqual([]);
        const raw = readJson(JSON.stringify(value));
        const { record, odd } = read(part, raw);
        expect(odd.map(({ isRead, notes }) => ({ isRead, notes }))).toEqual([]);
        expect(findLost(reading, raw, record)).toEqual([]);
      }),
      { numRuns: 100, seed: 20_260_613 },
    );
  });
});
