import { describe, expect, it } from '@jest/globals';
import {
  createJudge,
  DEVIATIONS,
  findDeviations,
  isListed,
  isRequestPart,
  laterFacts,
  lumaFacts,
  readJsonSchema,
} from '@luma-sync/luma-facts';
import { arbitraryOf } from '@luma-sync/luma-facts/arbitrary';
import fc from 'fast-check';
import { describeContract } from './routes.js';

const contract = new Map([...describeContract()].map(([part, schema]) => [part, readJsonSchema(schema)]));
/** What the schemas check beside their form: a cover is on Luma's host, and the address of a webhook is one. */
function chooseWhatIsSent(path: string) {
  if (path === 'cover_url') return fc.webPath().map((end) => `https://images.lumacdn.com/${end}`);
  return path === 'url' ? fc.webUrl() : null;
}

const deviations = findDeviations(lumaFacts(), contract);
const later = laterFacts();
/** From what a later document says of the requests that June does not allow. */
const sinceLater = findDeviations(
  later,
  new Map([...contract].filter(([part]) => later.has(part) && isRequestPart(part))),
);

describe('requests, answers and webhooks, held against the facts of Luma’s document', () => {
  it('differ from it only where the list of deviations says so', () => {
    const unlisted = deviations.filter((change) => !DEVIATIONS.some((deviation) => isListed(deviation, change)));
    expect(unlisted).toEqual([]);
  });

  it('differ wherever the list of deviations says so', () => {
    const found = [...deviations, ...sinceLater];
    const unused = DEVIATIONS.filter((deviation) => !found.some((change) => isListed(deviation, change)));
    expect(unused).toEqual([]);
  });

  it('are as the document of August says where a deviation names it as its source', () => {
    const named = DEVIATIONS.filter(({ source }) => source !== 'O8');
    expect(sinceLater.filter((change) => !named.some((deviation) => isListed(deviation, change)))).toEqual([]);
    const sent = deviations.filter(
      (change) => isRequestPart(change.part) && DEVIATIONS.some((one) => one.source === 'O8' && isListed(one, change)),
    );
    expect(sent.map(({ part }) => part).filter((part) => !later.has(part))).toEqual([]);
  });

  const requests = [...contract].filter(([part]) => isRequestPart(part));
  const judge = createJudge(lumaFacts(), DEVIATIONS, later);

  it.each(requests)('%s allows nothing that the document refuses', (part, shape) => {
    const [method = '', path = '', kind = ''] = part.split(' ');
    fc.assert(
      fc.property(arbitraryOf(shape, { hasMore: false, choose: chooseWhatIsSent }), (value) => {
        const request = { method, path, query: kind === 'query' ? value : {}, body: kind === 'body' ? value : {} };
        const { route, refusals, unknownFields } = judge(request);
        expect(route).not.toBe('none');
        expect([...refusals, ...unknownFields]).toEqual([]);
      }),
      { numRuns: 100, seed: 20_260_613 },
    );
  });

  it('are found to differ when they do', () => {
    const part = 'POST /v1/events/update body';
    const nullable = { type: 'object' as const, properties: { meeting_url: { type: ['string', 'null'] } } };
    const found = findDeviations(
      lumaFacts(),
      new Map([[part, readJsonSchema({ ...nullable, required: ['event_id'] })]]),
    );
    expect(found).toContainEqual({ part, path: 'meeting_url', kind: 'widened', what: 'may be null' });
    expect(found).toContainEqual({ part, path: 'event_id', kind: 'removed', what: 'is gone, and had to be there' });
  });
});
