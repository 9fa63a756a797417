import { expect, it } from '@jest/globals';
import { catalog, type Failure } from '@luma-sync/jobs';
import { type ForEachJob, onGivenUp, onParked } from './on-given-up.js';

type Table = ForEachJob<Failure>;

it('a job without an entry does not compile', () => {
  const answers: [
    Table extends ForEachJob<Failure> ? 'fits' : 'is refused',
    Omit<Table, 'rsvp.push'> extends ForEachJob<Failure> ? 'fits' : 'is refused',
  ] = ['fits', 'is refused'];
  expect(answers).toEqual(['fits', 'is refused']);
});

it.each([
  ['given up', onGivenUp],
  ['parked', onParked],
])('each job has an entry for what is %s, and none beside them', (_what, table) => {
  expect(Object.keys(table).sort()).toEqual(Object.keys(catalog).sort());
});
