import { describe, expect, it } from '@jest/globals';
import { DEVIATIONS, findDeviations, isListed, lumaFacts, readJsonSchema } from '@luma-sync/luma-facts';
import { describeContract } from './routes.js';

const contract = new Map([...describeContract()].map(([part, schema]) => [part, readJsonSchema(schema)]));
const deviations = findDeviations(lumaFacts(), contract);

describe('requests, answers and webhooks, held against the facts of Luma’s document', () => {
  it('differ from it only where the list of deviations says so', () => {
    const unlisted = deviations.filter((change) => !DEVIATIONS.some((deviation) => isListed(deviation, change)));
    expect(unlisted).toEqual([]);
  });

  it('differ wherever the list of deviations says so', () => {
    const unused = DEVIATIONS.filter((deviation) => !deviations.some((change) => isListed(deviation, change)));
    expect(unused).toEqual([]);
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
