import { erasePerson, exportPerson, NOT_OURS } from '@luma-sync/store';
import { z } from 'zod';
import { notFound } from '../../http/problem.js';
import { ok, route } from '../route.js';
import { key } from '../schemas/fields.js';
import { erasure, erasureInput, personExport } from '../schemas/person.js';

const tag = 'People';
/** The app's id of the person, ours, or a mail address. */
const params = z.strictObject({ personId: key });

export const peopleRoutes = [
  route({
    method: 'get',
    path: '/v1/people/{personId}/export',
    scopes: ['people:read'],
    isInstallationWide: true,
    audit: { action: 'person.export', subjectType: 'person' },
    tag,
    summary: 'Export everything that is stored about a person, named by the app’s id, ours, or a mail address',
    params,
    answer: { status: 200, description: 'One document', schema: z.object({ export: personExport }) },
    async handle({ params: { personId }, db }) {
      const found = await exportPerson(db, personId);
      if (found === null) throw notFound('person');
      const { subject, rows, document } = found;
      return { ...ok({ export: document }), audit: { subject, changes: { rows } } };
    },
  }),
  route({
    method: 'post',
    path: '/v1/people/{personId}/erasure',
    scopes: ['people:read', 'irreversible'],
    isInstallationWide: true,
    audit: { action: 'person.erase', subjectType: 'person' },
    tag,
    summary: 'Erase a person for good; without `confirm` only the counts are answered',
    params,
    body: erasureInput,
    // Scans every stored webhook; a repeat finds nothing left to erase.
    isSlow: true,
    answer: { status: 200, description: 'The counts', schema: z.object({ erasure }) },
    async handle({ params: { personId }, body, db, audit }, { erased }) {
      const done = await erasePerson(db, erased, {
        key: personId,
        isConfirmed: body.confirm === true,
        note: (tx, { subject, ...changes }) => audit(tx, { subject, changes }),
      });
      if (done.kind === 'unknown') throw notFound('person');
      const { counts, kept } = done;
      return ok({ erasure: { isErased: done.kind === 'erased', counts, kept, notErased: NOT_OURS } });
    },
  }),
];
