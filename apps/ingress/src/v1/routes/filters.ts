import { type Db, findEventIdByKey, findPersonByKey, findWithinReach, type Reach } from '@luma-sync/store';
import { notFound } from '../../http/problem.js';

/** Records named in a query by the app's ids, as ours. @throws {Problem} 404 for one that does not exist. */
export async function toRecordFilter(
  db: Db,
  { event, personId }: { event?: string | undefined; personId?: string | undefined },
  reach: Reach,
): Promise<{ eventId?: string; personId?: string }> {
  if (event !== undefined && (await findWithinReach(db, reach, 'event', event)) !== 'within') throw notFound('event');
  if (personId !== undefined && (await findWithinReach(db, reach, 'person', personId)) !== 'within')
    throw notFound('person');
  const eventId = event === undefined ? undefined : await findEventIdByKey(db, event);
  if (eventId === null) throw notFound('event');
  const person = personId === undefined ? undefined : await findPersonByKey(db, personId);
  if (person === null) throw notFound('person');
  return {
    ...(eventId === undefined ? {} : { eventId }),
    ...(person === undefined ? {} : { personId: person.id }),
  };
}
